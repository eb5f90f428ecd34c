/** run_regularly and PoissonInput. */

import type { Expression } from '../../src/lang/ast.js';
import { hertz, second } from '../../src/lang/dimension.js';
import { child } from '../../src/model/pointer.js';
import { readStatements } from './context.js';
import { groupScope, synapseScope, type Group, type SynapseGroup, isGroup } from './group.js';
import { located, locatedExpression, locatedStatement, type Located } from '../shared/located.js';
import * as messages from './messages.js';
import { translateStatements } from './names.js';
import { order, type Setting } from './neuron-groups.js';
import type { PoissonInput, RunRegularly } from './specification.generated.js';
import { withSubexpressions } from './subexpressions.js';
import { readSubgroup, recounted } from './subgroup.js';
import { selection } from './synapses.js';
import { readNumber, readSize, readValue } from './values.js';
import { defaultSlot } from './vocabulary.js';

/** Operations of one group or of synapses, by id: the name given, or made of the owner's name as Brian does. */
export function translateOperations(
  list: readonly RunRegularly[] | undefined,
  owner: Group | SynapseGroup,
  setting: Setting,
): ReadonlyMap<string, Located> {
  const operations = new Map<string, Located>();
  for (const [index, operation] of (list ?? []).entries()) {
    const pointer = child(child(owner.pointer, 'run_regularly'), index);
    const key =
      operation.name ?? (index === 0 ? `${owner.name}_run_regularly` : `${owner.name}_run_regularly_${index}`);
    if (operations.has(key)) setting.to.report(messages.duplicateName(key, 'another operation'), pointer);
    operations.set(key, translateOperation(operation, pointer, owner, setting));
  }
  return operations;
}

function translateOperation(
  operation: RunRegularly,
  pointer: string,
  owner: Group | SynapseGroup,
  setting: Setting,
): Located {
  const { to } = setting;
  const at = child(pointer, 'code');
  const scope = isGroup(owner)
    ? groupScope(owner, setting.tables, { constants: 'byName' })
    : synapseScope(owner, setting.tables, { constants: 'byName' });
  const statements = translateStatements(
    withSubexpressions(readStatements(operation.code, at, to), scope, operation.slice !== undefined),
    scope,
    at,
    to,
    false,
    (variable, side) => {
      if (isGroup(owner)) owner.written.add(variable.name);
      else
        (side === 'self' ? owner : side === 'pre' ? owner.source.group : owner.target.group).written.add(variable.name);
    },
  );
  const slice = operation.slice === undefined ? undefined : `${owner.name}[${operation.slice}]`;
  const groups = new Map(isGroup(owner) ? [[owner.name, owner]] : []);
  const part = slice === undefined ? undefined : readSubgroup(slice, child(pointer, 'slice'), groups, setting);
  const every = operation.dt === undefined ? undefined : readInterval(operation.dt, child(pointer, 'dt'), setting);
  const times = operation.times?.flatMap((time, k) => {
    const known = readTime(time, child(child(pointer, 'times'), k), setting);
    return known === undefined ? [] : [known];
  });
  return located(
    {
      on: part ? selection(part) : isGroup(owner) ? { population: owner.name } : { projection: owner.name },
      do: statements.map((statement) => locatedStatement(statement, at)),
      ...(every === undefined ? {} : { every }),
      ...(times === undefined ? {} : { times: located(times, child(pointer, 'times')) }),
      ...(operation.when === undefined || operation.when === defaultSlot.operation ? {} : { slot: operation.when }),
      ...order(operation.order),
    },
    pointer,
  );
}

/** Returns a time in s. */
const readTime = (time: string | number, pointer: string, setting: Setting): number | undefined =>
  readNumber(time, pointer, { name: 'times', dimension: second, type: 'real' }, setting.namespace, setting.to);

/** Returns an interval between samples or operations, in s. It is absent if it equals the time step. */
export function readInterval(dt: string | number, pointer: string, setting: Setting): Located | undefined {
  const interval = readNumber(
    dt,
    pointer,
    { name: 'dt', dimension: second, type: 'real' },
    setting.namespace,
    setting.to,
  );
  if (interval === undefined || (interval === setting.dt && !setting.hasClocks)) return undefined;
  if (!(interval > 0)) setting.to.report(messages.outOfRange('dt', 'a time above 0', dt), pointer);
  return located(interval, pointer);
}

/** Returns a PoissonInput as a stimulus, or undefined if its target is unknown. */
export function translatePoissonInput(
  input: PoissonInput,
  pointer: string,
  groups: ReadonlyMap<string, Group>,
  setting: Setting,
): Located | undefined {
  const { to } = setting;
  const target = readSubgroup(input.target, child(pointer, 'target'), groups, setting);
  if (target === undefined) return undefined;
  const { group } = target;
  const variable = group.variables.get(input.target_var);
  const known = [...group.variables.values()]
    .filter((candidate) => candidate.kind !== 'subexpression')
    .map((candidate) => candidate.name);
  if (variable === undefined) {
    to.report(messages.unknownVariable(input.target_var, group.name, known), child(pointer, 'target_var'));
    return undefined;
  }
  if (variable.kind === 'subexpression')
    to.report(messages.readOnly(variable.name, 'a subexpression'), child(pointer, 'target_var'));
  if (variable.flags.has('constant')) to.report(messages.constantWritten(variable.name), child(pointer, 'target_var'));
  group.written.add(variable.name);
  const rate = readNumber(
    input.rate,
    child(pointer, 'rate'),
    { name: 'rate', dimension: hertz, type: 'real' },
    group.namespace,
    to,
  );
  if (rate !== undefined && rate < 0)
    to.report(messages.outOfRange('the rate', '0 Hz or more', input.rate), child(pointer, 'rate'));
  const scope = groupScope(group, setting.tables, { constants: 'byName' });
  const weight = readValue(input.weight, child(pointer, 'weight'), { ...variable, name: 'weight' }, scope, 1, to);
  const ofGroup = (tree: Expression): Expression =>
    target.slice === undefined ? tree : recounted(tree, -target.slice[0], target.size);
  return located(
    {
      kind: 'poisson',
      to: selection(target),
      variable: variable.name,
      n: located(readSize(input.N, child(pointer, 'N'), group.namespace, to), child(pointer, 'N')),
      rate: located(rate ?? 0, child(pointer, 'rate')),
      weight:
        weight?.kind === 'expression'
          ? locatedExpression(ofGroup(weight.tree), child(pointer, 'weight'))
          : located(weight?.kind === 'known' ? weight.text : 0, child(pointer, 'weight')),
      ...(input.when === undefined || input.when === defaultSlot.poissonInput ? {} : { slot: input.when }),
      ...order(input.order),
    },
    pointer,
  );
}
