/** Connection rules as calls of `Synapses.connect`. */

import type { Expression } from '../../../../src/lang/ast.js';
import { numbersOf } from '../../../../src/model/arrays.js';
import { selectionSize } from '../../../../src/model/selected.js';
import { readsVariable, type ConnectionRule } from '../../../../src/model/typed.js';
import { brianExpression, type NameView, type Remarks } from '../brian-text.js';
import { withoutSelf } from './connection-rules.js';
import type { ExportContext, SynapsesPlan } from '../plan.js';

/** Returns the connections of a projection: one call, or a list of them. */
export function connectParts(plan: SynapsesPlan, context: ExportContext, remarks: Remarks): unknown {
  const calls = plan.projection.connect
    .map((rule) => connectCall(rule, plan, context, remarks))
    .filter((call) => call !== undefined);
  return calls.length === 1 ? calls[0] : calls;
}

function connectCall(given: ConnectionRule, plan: SynapsesPlan, context: ExportContext, remarks: Remarks): unknown {
  const rule = withoutSelf(given, plan.projection, context);
  if (rule === undefined) {
    remarks.notExpressible(
      'brian/rule',
      "Brian's numbers of these cells do not tell which are the same; freezing the model makes the connections explicit",
    );
    return undefined;
  }
  const text = (e: Expression): string => brianExpression(e, plan.view, remarks);
  switch (rule.rule) {
    case 'all':
      return rule.self ? true : { condition: 'i != j' };
    case 'oneToOne': {
      const { from, to } = plan.projection;
      const { populations } = context.model;
      const [before, after] = [from.of, to.of].map((one) => selectionSize(one, populations, context.data));
      // Brian fails at the first cell without a counterpart.
      return { j: 'i', ...((before ?? 0) > (after ?? 0) ? { skip_if_invalid: true } : {}) };
    }
    case 'pairs':
      return pairsCall(rule, text);
    case 'generator':
      return generatorCall(rule, plan, remarks);
    case 'list': {
      const sources = numbersOf(rule.sources, context.data);
      const targets = numbersOf(rule.targets, context.data);
      if (sources === undefined || targets === undefined)
        remarks.notExpressible('brian/missing-data', 'the connections were not given with the model');
      return { i: sources ?? [], j: targets ?? [] };
    }
    case 'fixedInDegree':
    case 'fixedOutDegree':
      return fixedDegree(rule, text, remarks);
    case 'fixedTotal':
    case 'smallWorld':
    case 'clone':
    case 'hostDrawn':
    case 'csa':
      remarks.notExpressible(
        'brian/rule',
        `Brian has no rule like ${rule.rule}; freezing the model makes the connections explicit`,
      );
      return undefined;
    default:
      return rule satisfies never;
  }
}

function pairsCall(
  rule: Extract<ConnectionRule, { readonly rule: 'pairs' }>,
  text: (e: Expression) => string,
): Record<string, unknown> {
  const parts = [...(rule.condition === null ? [] : [text(rule.condition)]), ...(rule.self ? [] : ['i != j'])];
  const condition = parts.length > 1 ? parts.map((part) => `(${part})`).join(' and ') : parts[0];
  return {
    ...(condition === undefined ? {} : { condition }),
    ...(rule.p === 1 ? {} : { p: typeof rule.p === 'number' ? rule.p : text(rule.p) }),
    ...(rule.copies === 1 ? {} : { n: typeof rule.copies === 'number' ? rule.copies : text(rule.copies) }),
  };
}

function generatorCall(
  rule: Extract<ConnectionRule, { readonly rule: 'generator' }>,
  plan: SynapsesPlan,
  remarks: Remarks,
): Record<string, unknown> {
  const within: NameView = {
    ...plan.view,
    declared: (key) => key === rule.variable || plan.view.declared(key),
    brian: (key) => (key === rule.variable ? key : plan.view.brian(key)),
  };
  const text = (e: Expression): string => brianExpression(e, within, remarks);
  const { from, to, step, sample } = rule.range;
  const isNumber = (e: Expression, value: number): boolean => e.kind === 'number' && e.value === value;
  const read = readsVariable([rule.index, rule.condition, rule.copies], rule.variable);
  const once = sample === undefined && isNumber(from, 0) && isNumber(to, 1) && isNumber(step, 1) && !read;
  const bounds = [
    ...(isNumber(from, 0) && isNumber(step, 1) ? [] : [text(from)]),
    text(to),
    ...(isNumber(step, 1) ? [] : [text(step)]),
  ];
  const keyword =
    sample?.p !== undefined ? [`p=${text(sample.p)}`] : sample?.size !== undefined ? [`size=${text(sample.size)}`] : [];
  const loop = once
    ? ''
    : ` for ${rule.variable} in ${sample === undefined ? 'range' : 'sample'}(${[...bounds, ...keyword].join(', ')})`;
  const condition = rule.condition === null ? '' : ` if ${text(rule.condition)}`;
  const { copies } = rule;
  return {
    [rule.outer === 'pre' ? 'j' : 'i']: `${text(rule.index)}${loop}${condition}`,
    ...(copies === 1 ? {} : { n: typeof copies === 'number' ? copies : text(copies) }),
    ...(rule.skipInvalid ? { skip_if_invalid: true } : {}),
  };
}

function fixedDegree(
  rule: Extract<ConnectionRule, { readonly rule: 'fixedInDegree' | 'fixedOutDegree' }>,
  text: (e: Expression) => string,
  remarks: Remarks,
): Record<string, unknown> | undefined {
  if (rule.replace || !rule.self) {
    remarks.notExpressible(
      'brian/rule',
      'Brian samples without replacement and cannot exclude a cell from its own sample; freezing makes the ' +
        'connections explicit',
    );
    return undefined;
  }
  remarks.convention('brian/rule', 'written as a sample of fixed size: the same distribution, drawn differently');
  const inward = rule.rule === 'fixedInDegree';
  return {
    [inward ? 'i' : 'j']:
      `k for k in sample(${inward ? 'N_pre' : 'N_post'}, size=${typeof rule.n === 'number' ? rule.n : text(rule.n)})`,
  };
}
