/** Map kernels on vector lanes: the graph of the body, computed for two or four items at once. */

import type { Family, MapPattern } from '../families/pattern.js';
import { usualCase } from '../families/usual.js';
import { elementBytes } from '../../ir/program.js';
import type { ElementType, Statement } from '../../ir/program.js';
import { buildGraph } from '../graph/build.js';
import type { Effect, Graph } from '../graph/graph.js';
import { countedLoop, functionId, takesMember } from './kernel.js';
import type { KernelContext } from './kernel.js';
import { bitmaskText, loadLanesText, maskWidth, storeLanesText } from './lane-operations.js';
import type { MaskWidth } from './lane-operations.js';
import { LanePrinter } from './lane-printer.js';
import { wordsOf } from './lane-words.js';
import { constantText } from './operations.js';
import { addressOf, faultText, statementsText, storeText, withOffset } from './scalar.js';
import type { Scope } from './scalar.js';
import { commentText, i32Const, localGet, localSet } from './text.js';
import type { Wat } from './text.js';

/** Locals that collect bits and faults of a vector loop. */
interface Gathered {
  readonly bits: readonly { readonly id: string; readonly mask: string }[];
  readonly faults: readonly { readonly id: string; readonly bits: number }[];
}

/** Items of a u32 of the masks. */
const wordLength = 32;

/** A word of a mask from the bits that a loop has shifted in from the top, up to but without `index`. */
function wordText(bits: string, index: string): Wat {
  // The count of a shift is taken modulo 32: 0 for a whole word.
  return ['i32.shr_u', localGet(bits), ['i32.sub', i32Const(0), localGet(index)]];
}

function effectText(scope: Scope, printer: LanePrinter, effect: Effect, ordinal: number): Wat[] {
  switch (effect.kind) {
    case 'store':
    case 'accumulate': {
      const element = scope.element(effect.buffer);
      const address = addressOf(scope, effect.buffer, printer.itemIndex(effect.offset));
      const head = (instruction: string): string => withOffset(instruction, address);
      const value =
        effect.value.type === 'bool' ? printer.mask(effect.value, maskWidth('u32')) : printer.vector(effect.value);
      if (effect.kind === 'store') return [storeLanesText(element, printer.lanes, head, address.operand, value)];
      const old = loadLanesText(element, printer.lanes, head, address.operand);
      return [
        storeLanesText(element, printer.lanes, head, address.operand, [
          `${elementBytes[element] === 8 ? 'i64x2' : 'i32x4'}.add`,
          old,
          value,
        ]),
      ];
    }
    case 'setBit': {
      const id = scope.declare(`$.bits${ordinal}`, 'i32');
      const width: MaskWidth = printer.lanes === 2 ? 64 : 32;
      const bits = bitmaskText(printer.lanes, width, printer.mask(effect.condition, width));
      // From the top, since shifts by a constant take fewer instructions; `wordText` moves a word's rest down.
      const earlier: Wat = ['i32.shr_u', localGet(id), i32Const(printer.lanes)];
      return [localSet(id, ['i32.or', earlier, ['i32.shl', bits, i32Const(wordLength - printer.lanes)]])];
    }
    case 'fault': {
      const id = scope.declare(`$.fault${ordinal}`, 'v128');
      return [localSet(id, ['v128.or', localGet(id), printer.mask(effect.condition, printer.lanes === 2 ? 64 : 32)])];
    }
    case 'comment':
      return [`;; ${commentText(effect.text)}`];
  }
}

/** The vectors of a u32 of the masks in the usual case, and the test for it. */
interface UsualWord {
  /** Sets `$.others` if an item is in another case. */
  readonly test: LanePrinter;
  /** Values that all items of a word receive. */
  readonly fills: readonly Wat[];
  readonly loop: Printed;
}

/** Runs `$index` up to `$.stop` in steps of some items. */
function upTo(scope: Scope, step: number, body: readonly Wat[]): Wat {
  const index = scope.id('index');
  const label = scope.label();
  return [
    `loop $vector${label}`,
    ...body,
    localSet(index, ['i32.add', localGet(index), i32Const(step)]),
    [`br_if $vector${label}`, ['i32.lt_u', localGet(index), localGet('$.stop')]],
  ];
}

/** Computes a word: by the short loop if it is whole and all its items are in the usual case. */
function wordInCases(scope: Scope, inner: Wat, { test, fills, loop }: UsualWord): Wat[] {
  const index = scope.id('index');
  scope.declare('$.others', 'v128');
  const first: Wat = ['i32.sub', localGet('$.stop'), i32Const(wordLength)];
  return [
    localSet('$.others', ['v128.const i64x2 -1 -1']),
    [
      'if',
      ['i32.eq', localGet(index), first],
      [
        'then',
        localSet('$.others', ['v128.const i64x2 0 0']),
        upTo(scope, test.lanes, test.body),
        localSet(index, first),
      ],
    ],
    [
      'if',
      ['v128.any_true', localGet('$.others')],
      ['then', inner],
      ['else', ...fills, upTo(scope, loop.items, loop.body)],
    ],
  ];
}

/** The loop over whole vectors in [$index, $.vectors). */
function vectorLoop(scope: Scope, loop: Printed, usual?: UsualWord): Wat[] {
  const { printer, gathered, items } = loop;
  const index = scope.id('index');
  const stop = gathered.bits.length > 0 ? scope.declare('$.stop', 'i32') : '$.vectors';
  const label = scope.label();
  const advance = localSet(index, ['i32.add', localGet(index), i32Const(items)]);
  const inner: Wat = [
    `loop $vector${label}`,
    ...loop.body,
    advance,
    [`br_if $vector${label}`, ['i32.lt_u', localGet(index), localGet(stop)]],
  ];
  const whole: Wat[] =
    gathered.bits.length === 0
      ? [inner]
      : [
          [
            `loop $word${label}`,
            // One u32 of the masks has 32 items.
            localSet(stop, ['i32.add', localGet(index), i32Const(wordLength)]),
            localSet(stop, [
              'select',
              localGet(stop),
              localGet('$.vectors'),
              ['i32.lt_u', localGet(stop), localGet('$.vectors')],
            ]),
            ...gathered.bits.map(({ id }) => localSet(id, i32Const(0))),
            ...(usual ? wordInCases(scope, inner, usual) : [inner]),
            ...gathered.bits.map(({ id, mask }) =>
              storeText(
                scope,
                mask,
                ['i32.shr_u', ['i32.sub', localGet(index), i32Const(1)], i32Const(5)],
                wordText(id, index),
              ),
            ),
            [`br_if $word${label}`, ['i32.lt_u', localGet(index), localGet('$.vectors')]],
          ],
        ];
  return [
    localSet(index, localGet('$.low')),
    [
      'if',
      ['i32.lt_u', localGet('$.low'), localGet('$.vectors')],
      [
        'then',
        ...printer.ahead,
        ...(usual ? [...usual.test.ahead, ...usual.loop.printer.ahead] : []),
        ...gathered.faults.map(({ id }) => localSet(id, ['v128.const i64x2 0 0'])),
        ...whole,
        ...gathered.faults.map(({ id, bits }) => faultText(scope, bits, ['v128.any_true', localGet(id)])),
      ],
    ],
  ];
}

/** A printed loop over vectors. */
interface Printed {
  readonly printer: LanePrinter;
  readonly gathered: Gathered;
  /** Items of one round. */
  readonly items: number;
  readonly body: readonly Wat[];
}

/** Prints a graph, with the words of random numbers on four lanes if that pays. */
function printed(scope: Scope, graph: Graph, prefix: string): Printed {
  const words = new LanePrinter(scope, graph).lanes === 2 ? wordsOf(scope, graph, prefix) : undefined;
  const printer = new LanePrinter(scope, words?.rest ?? graph, prefix, words?.given);
  printer.ahead.push(...(words?.ahead ?? []));
  const gathered = printGraph(scope, printer, words?.rest ?? graph);
  return { printer, gathered, items: words ? 4 : printer.lanes, body: words?.both(printer.body) ?? printer.body };
}

/** Prints the values and effects of a graph. @returns the masks and faults that its loop gathers */
function printGraph(scope: Scope, printer: LanePrinter, graph: Graph): Gathered {
  const bits: { id: string; mask: string }[] = [];
  const faults: { id: string; bits: number }[] = [];
  for (const item of graph.items) {
    if (item.kind === 'value') {
      printer.value(item.node);
      continue;
    }
    const { effect } = item;
    const ordinal = effect.kind === 'fault' ? faults.length : bits.length;
    // Their texts come after the statements that they need.
    const text = effectText(scope, printer, effect, ordinal);
    printer.body.push(...text);
    if (effect.kind === 'setBit') bits.push({ id: `$.bits${ordinal}`, mask: effect.mask });
    if (effect.kind === 'fault') faults.push({ id: `$.fault${ordinal}`, bits: effect.bits });
  }
  return { bits, faults };
}

const shapeOf: Readonly<Record<ElementType, string>> = {
  u8: 'i8x16',
  i8: 'i8x16',
  u16: 'i16x8',
  i16: 'i16x8',
  u32: 'i32x4',
  i32: 'i32x4',
  i64: 'i64x2',
  f32: 'f32x4',
  f64: 'f64x2',
};

/** Prints the usual case of a kernel; undefined if it has none on as many lanes. */
function usualWord(
  scope: Scope,
  kernel: MapPattern,
  lanes: number,
  graphOf: (body: readonly Statement[]) => Graph | undefined,
): UsualWord | undefined {
  const usual = usualCase(kernel);
  const graph = usual && graphOf(usual.body);
  const caseGraph = usual && graphOf([{ kind: 'fault', bits: 0, when: usual.otherwise }]);
  if (!usual || !graph || !caseGraph) return undefined;
  if (new LanePrinter(scope, graph).lanes !== lanes) return undefined;
  const loop = printed(scope, graph, 'usual');
  const test = new LanePrinter(scope, caseGraph, 'case');
  for (const item of caseGraph.items) {
    if (item.kind === 'value') test.value(item.node);
    else if (item.effect.kind === 'fault')
      test.body.push(
        localSet('$.others', ['v128.or', localGet('$.others'), test.mask(item.effect.condition, maskWidth('i32'))]),
      );
  }
  const fills = usual.fills.flatMap(({ buffer, value }) => {
    const element = scope.element(buffer);
    const bytes = elementBytes[element];
    const address = addressOf(scope, buffer, localGet(scope.id('index')));
    return Array.from({ length: (wordLength * bytes) / 16 }, (_, k): Wat => {
      const at: Wat = ['i32.add', address.operand, i32Const(16 * k)];
      return [withOffset('v128.store', address), at, [`${shapeOf[element]}.splat`, constantText(value)]];
    });
  });
  return { test, fills, loop };
}

/** The items of a kernel on vector lanes, and the function for the remaining items. */
interface LaneItems {
  readonly items: readonly Wat[];
  readonly rest: Wat;
}

/**
 * Prints the items [$.low, $.high) on vector lanes.
 *
 * @param restScope scope of the function for the last items of a range, one after another
 * @returns undefined if lanes do not support the body; no text has been printed then
 */
export function laneItems(
  context: KernelContext,
  family: Family,
  kernel: MapPattern,
  scope: Scope,
  restScope: Scope,
): LaneItems | undefined {
  const numbers = new Map(
    family.fields.flatMap((field) => (field.kind === 'value' ? [[field.name, field.type] as const] : [])),
  );
  const graphOf = (body: readonly Statement[]): Graph | undefined =>
    buildGraph({ ...kernel, body }, context.module.functionTable, numbers);
  const graph = graphOf(kernel.body);
  if (graph === undefined) return undefined;
  const loop = printed(scope, graph, 'lane');
  const usual = usualWord(scope, kernel, loop.printer.lanes, graphOf);
  scope.declare('$.vectors', 'i32');
  const callee = `${functionId(context, family)}:rest`;
  const member = takesMember(family) ? [localGet('$.member')] : [];
  const implicit = kernel.domain.kind === 'ranges' ? ['begin', 'group'].map((name) => localGet(scope.id(name))) : [];
  const span: Wat = ['i32.sub', localGet('$.high'), localGet('$.low')];
  const items: Wat[] = [
    [
      'if',
      ['i32.lt_u', localGet('$.low'), localGet('$.high')],
      [
        'then',
        localSet('$.vectors', ['i32.add', localGet('$.low'), ['i32.and', span, i32Const(-loop.items)]]),
        ...vectorLoop(scope, loop, usual),
        [
          'if',
          ['i32.lt_u', localGet('$.vectors'), localGet('$.high')],
          [
            'then',
            [`call ${callee}`, localGet('$step'), ...member, localGet('$.vectors'), localGet('$.high'), ...implicit],
          ],
        ],
      ],
    ],
  ];
  return { items, rest: restFunction(family, kernel, restScope, callee) };
}

/** The function of a range's last items: `(step, member, from, to, begin, group)`. */
function restFunction(family: Family, kernel: MapPattern, scope: Scope, callee: string): Wat {
  const ranges =
    kernel.domain.kind === 'ranges' ? ` (param ${scope.id('begin')} i32) (param ${scope.id('group')} i32)` : '';
  const index = scope.declare(scope.id('index'), 'i32');
  const body = countedLoop(scope, index, localGet('$.low'), localGet('$.high'), statementsText(scope, kernel.body));
  const { locals, prologue } = scope;
  const member = takesMember(family) ? ' (param $.member i32)' : '';
  return [
    `func ${callee} (param $step i32)${member} (param $.low i32) (param $.high i32)${ranges}`,
    ...locals,
    ...prologue,
    ...body,
  ];
}
