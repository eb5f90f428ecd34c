/** Tests by which a synapse detects events of its cell and of other times. */

import { dimensionless as pure } from '../../../../src/lang/ast.js';
import type { Pathway } from '../../../../src/model/model.js';
import type { CellPlan } from '../context.js';
import { countOf } from '../demands.js';
import type { TypeBuilder } from '../type-builder.js';
import { NotExpressible } from '../text/words.js';
import type { Element } from '../text/xml-text.js';

/** Names for an event of the cell. */
interface PostEvent {
  /** The condition that holds a step after the event. */
  readonly test: string;
  /** The action after which it does no longer. */
  readonly note: Element;
  /** The name of the event, for this pathway. */
  readonly key: string;
}

/** How a pathway finds that the cell had an event: the cell counts them. @throws NotExpressible */
export function postEvent(pathway: string, { on }: Pathway, target: CellPlan, builder: TypeBuilder): PostEvent {
  const count = countOf(on.slice('post.'.length));
  const counted = target.visible.get(count);
  if (!counted) throw new NotExpressible(`${on}, which cells of ${target.type} do not have`);
  const name = `post ${count}`;
  builder.requirement(name, pure, counted.name);
  // Each pathway sees the event by itself.
  const key = builder.has(`seen ${count}`) ? `${count} ${pathway}` : count;
  const known = builder.state(`seen ${key}`, pure, false);
  return {
    test: `${builder.nameOf(name)} .neq. ${known}`,
    note: builder.assign(known, builder.nameOf(name)),
    key,
  };
}
