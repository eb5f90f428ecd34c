import { Diagnostics, type Diagnostic } from '../../../../src/diagnostics/diagnostic.js';
import type { ModelDocument, NeuronDocument, SynapseDocument } from '../../../../src/model/document.generated.js';
import { normalise } from '../../../../src/model/normalise.js';
import { importNeuroML } from '../../../../translators/neuroml/import.js';
import { reading } from './reading.js';

/** The result of importing a document. */
export interface Importing {
  /** Null after errors. */
  readonly document: ModelDocument | null;
  /** Whether the document passes the checks of the canonical model. */
  readonly valid: boolean;
  readonly diagnostics: readonly Diagnostic[];
  /** Findings of importing and of the checks after it, as `code line:column: message`. */
  readonly findings: readonly string[];
}

/** Reads and imports a text. */
export function importing(text: string): Importing {
  const { model, diagnostics: read } = reading(text);
  if (!model) throw new Error(`the document cannot be read: ${read.map(({ message }) => message).join('; ')}`);
  const wrong = read.filter(({ severity }) => severity === 'error');
  if (wrong.length > 0) throw new Error(wrong.map(({ code, message }) => `${code}: ${message}`).join('; '));
  const diagnostics = new Diagnostics();
  const made = importNeuroML(model, diagnostics);
  const valid = made && normalise(made.document, made.positions, diagnostics);
  return {
    document: made && (made.document as ModelDocument),
    valid: valid !== null,
    diagnostics: diagnostics.list,
    findings: diagnostics.list.map(
      ({ code, message, place }) => `${code} ${place?.line ?? ''}:${place?.column ?? ''}: ${message}`,
    ),
  };
}

/** The document of a text that must be valid. */
export function documentOf(text: string): ModelDocument {
  const { document, valid, findings } = importing(text);
  if (!document || !valid) throw new Error(findings.join('\n'));
  return document;
}

/** A neuron type of a document. */
export function neuron(document: ModelDocument, id: string): NeuronDocument {
  const found = document.neurons?.[id];
  if (!found) throw new Error(`no neuron type ${id} among ${Object.keys(document.neurons ?? {}).join(', ')}`);
  return found;
}

/** A synapse type of a document. */
export function synapse(document: ModelDocument, id: string): SynapseDocument {
  const found = document.synapses?.[id];
  if (!found) throw new Error(`no synapse type ${id} among ${Object.keys(document.synapses ?? {}).join(', ')}`);
  return found;
}

/** Values of the derived variables of a type. */
export function derivedOf(type: NeuronDocument | SynapseDocument): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(type.derived ?? {}).map(([name, item]) => [name, typeof item === 'object' ? item.value : item]),
  );
}

/** Types that make a network of populations, connections and inputs, all of them with names that NeuroML lacks. */
export const networkTypes = `
  <ComponentType name="Net"><Children name="groups" type="Group"/><Children name="links" type="Bundle"/><Children name="drives" type="Drive"/></ComponentType>
  <ComponentType name="Group"><ComponentReference name="of" type="Component"/><Parameter name="count" dimension="none"/>
    <Structure><MultiInstantiate number="count" component="of"/></Structure></ComponentType>
  <ComponentType name="Bundle"><Children name="each" type="Link"/><ComponentReference name="by" type="Component"/></ComponentType>
  <ComponentType name="Link"><Path name="a"/><Path name="b"/><Parameter name="w" dimension="none"/><Parameter name="d" dimension="time"/>
    <Structure><With instance="a" as="x"/><With instance="b" as="y"/>
      <EventConnection from="x" to="y" receiver="../by" delay="d"><Assign property="weight" value="w"/></EventConnection></Structure></ComponentType>
  <ComponentType name="Drive"><Path name="on"/><ComponentReference name="by" type="Component"/>
    <Structure><With instance="on" as="x"/><With instance="on" as="y"/><EventConnection from="x" to="y" receiver="by"/></Structure></ComponentType>
  <ComponentType name="Run"><Parameter name="length" dimension="time"/><Parameter name="step" dimension="time"/><ComponentReference name="target" type="Component"/>
    <Children name="files" type="File"/><Children name="lists" type="List"/><Children name="plots" type="Plot"/><Text name="seed"/>
    <Simulation><Run component="target" variable="t" increment="step" total="length"/></Simulation></ComponentType>
  <ComponentType name="File"><Text name="name"/><Children name="columns" type="Column"/><Simulation><DataWriter fileName="name"/></Simulation></ComponentType>
  <ComponentType name="Column"><Path name="q"/><Simulation><Record quantity="q"/></Simulation></ComponentType>
  <ComponentType name="Plot"><Text name="title"/><Children name="columns" type="Column"/><Simulation><DataDisplay title="title"/></Simulation></ComponentType>
  <ComponentType name="List"><Text name="name"/><Text name="order"/><Children name="sources" type="Source"/>
    <Simulation><EventWriter fileName="name" format="order"/></Simulation></ComponentType>
  <ComponentType name="Source"><Path name="of"/><Text name="port"/><Simulation><EventRecord quantity="of" eventPort="port"/></Simulation></ComponentType>`.replace(
  /\n\s*/g,
  '',
);

/** A leaky cell that sums its attachments, a conductance that events raise, a current that is on for a while. */
export const cellTypes = `
  <ComponentType name="Leaky"><Parameter name="tau" dimension="time"/><Parameter name="rest" dimension="voltage"/><Parameter name="top" dimension="voltage"/>
    <Parameter name="perSiemens" dimension="elastance"/><Attachments name="inward" type="Current"/><EventPort name="out" direction="out"/>
    <Exposure name="u" dimension="voltage"/>
    <Dynamics><StateVariable name="u" dimension="voltage" exposure="u"/><DerivedVariable name="i" dimension="current" select="inward[*]/amount" reduce="add"/>
      <TimeDerivative variable="u" value="(rest - u)/tau + i*perSiemens"/><OnStart><StateAssignment variable="u" value="rest"/></OnStart>
      <OnCondition test="u .gt. top"><StateAssignment variable="u" value="rest"/><EventOut port="out"/></OnCondition></Dynamics></ComponentType>
  <ComponentType name="Current"><Exposure name="amount" dimension="current"/></ComponentType>
  <ComponentType name="Conductance" extends="Current"><Property name="weight" dimension="none" defaultValue="1"/>
    <Parameter name="peak" dimension="conductance"/><Parameter name="towards" dimension="voltage"/><Parameter name="decay" dimension="time"/>
    <Requirement name="u" dimension="voltage"/><EventPort name="in" direction="in"/><Exposure name="g" dimension="conductance"/>
    <Dynamics><StateVariable name="g" dimension="conductance" exposure="g"/><DerivedVariable name="amount" exposure="amount" dimension="current" value="g*(towards - u)"/>
      <TimeDerivative variable="g" value="-g/decay"/><OnEvent port="in"><StateAssignment variable="g" value="g + weight*peak"/></OnEvent></Dynamics></ComponentType>
  <ComponentType name="Pulse" extends="Current"><Property name="weight" dimension="none" defaultValue="1"/><Parameter name="from" dimension="time"/>
    <Parameter name="until" dimension="time"/><Parameter name="height" dimension="current"/><EventPort name="in" direction="in"/>
    <Dynamics><StateVariable name="amount" exposure="amount" dimension="current"/>
      <OnCondition test="t .geq. from"><StateAssignment variable="amount" value="weight*height"/></OnCondition>
      <OnCondition test="t .geq. until"><StateAssignment variable="amount" value="0"/></OnCondition></Dynamics></ComponentType>
  <ComponentType name="Clock"><Parameter name="every" dimension="time"/><EventPort name="tick" direction="out"/>
    <Dynamics><StateVariable name="next" dimension="time"/><OnStart><StateAssignment variable="next" value="every"/></OnStart>
      <OnCondition test="t .geq. next"><StateAssignment variable="next" value="next + every"/><EventOut port="tick"/></OnCondition></Dynamics></ComponentType>
  <Dimension name="elastance" m="1" l="2" t="-4" i="-2"/><Unit symbol="per_F" dimension="elastance"/>`.replace(
  /\n\s*/g,
  '',
);
