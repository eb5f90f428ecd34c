/** Sliders for parameters of the model, and fields for its seed and duration. */

import { button, element, make, option, select } from './elements.js';
import { isEmpty } from './link.js';
import { parameterLabel } from '../src/pictures/variable-label.js';
import type { Changes, Parameter, ReadModel } from './messages.js';

/** Sliders of the page. */
export interface Sliders {
  /** Begins with another model. @param changes  those that the address gives */
  begin(changes: Changes): void;
  /**
   * Offers the parameters, the seed and the duration of the model: its own values while nothing was changed.
   *
   * @param task  text whose parameters come first
   */
  offer(model: Pick<ReadModel, 'parameters' | 'seed' | 'duration'>, task?: string): void;
  /** Puts parameters first, unless a reader has begun to use the sliders. @param names  in their order */
  rank(names: readonly string[]): void;
  changes(): Changes;
}

export const noChanges: Changes = { set: {} };

/** Sliders of a model that was just opened. */
const firstSliders = 3;

const shortest = (value: number): string => String(Number(value.toPrecision(6)));

/** The places of values on a slider: of a range from a tenth to ten times a value, by decades. */
function scaleOf({ low, high }: Parameter): { place(value: number): number; value(place: number): number } {
  if (low * high <= 0 || Math.max(low / high, high / low) < 50)
    return { place: (value) => value, value: (place) => place };
  const sign = Math.sign(low);
  return {
    place: (value) => sign * Math.log10(Math.max(Number.MIN_VALUE, sign * value)),
    value: (place) => sign * Number((10 ** (sign * place)).toPrecision(3)),
  };
}

/** Returns a unit as people read it: `mS/cm²` for `mS/cm**2`. */
const readableUnit = (unit: string): string =>
  unit
    .replace(/\*\*(-?)(\d)/g, (_, sign: string, digit: string) => `${sign && '⁻'}${'⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(digit)] ?? ''}`)
    .replaceAll('*', '·')
    .replace(/\bu(?=[A-Z])/, 'µ');

/** Returns a name that may break after its dots. */
const breakable = (name: string): readonly (Node | string)[] =>
  name.split(/(?<=\.)/).flatMap((part, k) => (k === 0 ? [part] : [document.createElement('wbr'), part]));

/** Creates the sliders. @param changed  called when a value was changed */
export function createSliders(changed: () => void): Sliders {
  const list = element('sliders', HTMLDivElement);
  const adding = select('parameter');
  let parameters: readonly Parameter[] = [];
  let changes: Changes = noChanges;
  let earlier: readonly Changes[] = [];
  /** Fields by the names of their options, and the values of the model. */
  const fields = (['seed', 'duration'] as const).map((name) => [name, element(name, HTMLInputElement)] as const);
  let own: Pick<ReadModel, 'seed' | 'duration'> = { seed: '', duration: '' };

  const numberOf = (parameter: Parameter): number => {
    const given = changes.set[parameter.name];
    const number = given === undefined ? NaN : Number(/^\s*[-+.\deE]+/.exec(given)?.[0]);
    return Number.isFinite(number) ? number : parameter.value;
  };
  const showState = (): void => {
    button('undo').disabled = earlier.length === 0;
    button('reset').disabled = isEmpty(changes);
    for (const [name, field] of fields) field.value = changes[name] ?? own[name];
  };
  const apply = (next: Changes): void => {
    earlier = [...earlier.slice(-99), changes];
    changes = next;
    showState();
    changed();
  };
  for (const [name, field] of fields)
    field.onchange = () => {
      const { [name]: _, ...others } = changes;
      const text = field.value.trim();
      apply(text === '' || text === own[name] ? others : { ...others, [name]: text });
    };
  const row = (parameter: Parameter): HTMLElement => {
    const { name, unit, low, high } = parameter;
    const shownUnit = readableUnit(unit);
    const id = `slider-${name}`;
    const label = make('label', { htmlFor: id, title: name }, breakable(parameterLabel(name)));
    const set = (text: string): void =>
      apply({ ...changes, set: { ...changes.set, [name]: `${text} ${unit}`.trim() } });
    const value = shortest(numberOf(parameter));
    if (parameter.isSwitch) {
      const box = make('input', { type: 'checkbox', id, checked: Number(value) !== 0 });
      box.onchange = () => set(box.checked ? '1' : '0');
      return make('div', { className: 'slider' }, [box, label]);
    }
    const scale = scaleOf(parameter);
    const [least, most] = [scale.place(low), scale.place(high)];
    const slider = make('input', { type: 'range', id });
    // The value comes last: the bounds would limit it.
    Object.assign(slider, { min: String(least), max: String(most), step: String((most - least) / 200) });
    slider.value = String(scale.place(Number(value)));
    slider.setAttribute('aria-valuetext', `${value} ${shownUnit}`.trim());
    const exact = make('input', { type: 'number', step: 'any', value, className: 'exact' });
    exact.setAttribute('aria-label', unit === '' ? `${name}, exact value` : `${name} in ${shownUnit}, exact value`);
    slider.oninput = () => {
      exact.value = shortest(scale.value(Number(slider.value)));
      slider.setAttribute('aria-valuetext', `${exact.value} ${shownUnit}`.trim());
      set(exact.value);
    };
    exact.onchange = () => {
      if (!Number.isFinite(exact.valueAsNumber)) return;
      slider.value = String(scale.place(exact.valueAsNumber));
      set(exact.value);
    };
    const ends = make('span', { className: 'ends' }, [
      make('span', { textContent: shortest(low) }),
      make('span', { textContent: `${shortest(high)} ${shownUnit}`.trim() }),
    ]);
    return make('div', { className: 'slider' }, [
      label,
      slider,
      make('span', { className: 'value' }, [exact, make('span', { textContent: shownUnit })]),
      ends,
    ]);
  };
  const shownNames = (): readonly string[] => [...list.querySelectorAll('label')].map(({ title }) => title);
  const show = (names: readonly string[]): void => {
    const shown = parameters.filter(({ name }) => names.includes(name));
    list.replaceChildren(...shown.map(row));
    const others = parameters.filter(({ name }) => !names.includes(name));
    adding.replaceChildren(option('', 'Add a slider'), ...others.map(({ name }) => option(name)));
    adding.hidden = others.length === 0;
    element('sliders-section', HTMLElement).hidden = own.duration === '';
    showState();
  };
  adding.onchange = () => {
    if (adding.value !== '') show([...shownNames(), adding.value]);
  };
  button('undo').onclick = () => {
    changes = earlier.at(-1) ?? noChanges;
    earlier = earlier.slice(0, -1);
    show(shownNames());
    changed();
  };
  button('reset').onclick = () => {
    apply(noChanges);
    show(shownNames());
  };
  return {
    begin: (given) => {
      [parameters, changes, earlier, own] = [[], given, [], { seed: '', duration: '' }];
      show([]);
    },
    offer: ({ parameters: offered, seed, duration }, task = '') => {
      const asked = task.split(/[^\w.]+/).map((word) => word.replace(/\.$/, ''));
      const isAsked = ({ name }: Parameter): boolean =>
        asked.some((word) => name === word || name.endsWith(`.${word}`));
      // What a slider changed keeps its range, and what a field changed its own value.
      parameters = [...offered.filter(isAsked), ...offered.filter((one) => !isAsked(one))].map(
        (one) => (one.name in changes.set && parameters.find(({ name }) => name === one.name)) || one,
      );
      own = {
        seed: changes.seed === undefined || own.seed === '' ? seed : own.seed,
        duration: changes.duration === undefined || own.duration === '' ? duration : own.duration,
      };
      const names = parameters.map(({ name }) => name);
      const kept = [...new Set([...shownNames(), ...Object.keys(changes.set)])].filter((name) => names.includes(name));
      const wanted = kept.length > 0 ? kept : names.slice(0, firstSliders);
      if (wanted.join() !== shownNames().join() || Object.keys(changes.set).length === 0) show(wanted);
      else showState();
    },
    rank: (names) => {
      const first = parameters.slice(0, firstSliders).map(({ name }) => name);
      if (!isEmpty(changes) || shownNames().join() !== first.join() || list.matches(':hover, :focus-within')) return;
      const place = ({ name }: Parameter): number => (names.includes(name) ? names.indexOf(name) : names.length);
      parameters = parameters.toSorted((a, b) => place(a) - place(b));
      show(parameters.slice(0, firstSliders).map(({ name }) => name));
    },
    changes: () => changes,
  };
}
