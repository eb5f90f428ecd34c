/** The page: opens, edits, runs, converts and shares a model. */

import { startClient, type Reply } from './client.js';
import { pictures, type Pictures } from './draw.js';
import { createEditor } from './editor.js';
import { fragmentOf, givenModel, modelIn, type HeldModel } from './link.js';
import type { GivenModel, Parameter, ReadModel, RunEnd } from './messages.js';
import type { Diagnostic } from '../src/diagnostics/diagnostic.js';
import { targetNotations, type TargetNotation } from '../src/run/convert/target-notations.js';

/** The fingerprint that was recorded when the page was made. */
interface Recorded {
  readonly fingerprint: string;
  /** Hash of the experiment that has it. */
  readonly experiment: string;
  readonly version: string;
}

// --- Elements -------------------------------------------------------------------------------------------------------
function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${id}`);
  return found;
}

const button = (id: string): HTMLButtonElement => element(id, HTMLButtonElement);
const select = (id: string): HTMLSelectElement => element(id, HTMLSelectElement);

const runButton = button('run');
const stopButton = button('stop');
const convertButton = button('convert');
const shareButton = button('share');
const nwbButton = button('nwb');
const bundleButton = button('bundle');
const progress = element('progress', HTMLProgressElement);
const mainSelect = select('main');
const exampleSelect = select('examples');
const parameterSelect = select('parameter');
const slider = element('slider', HTMLInputElement);
const raster = element('raster', HTMLCanvasElement);
const traces = element('traces', HTMLCanvasElement);
const fileInput = element('files', HTMLInputElement);

function say(text: string): void {
  element('status', HTMLElement).textContent = text;
}

function option(value: string, text = value): HTMLOptionElement {
  const one = document.createElement('option');
  one.value = value;
  one.textContent = text;
  return one;
}

// --- State ----------------------------------------------------------------------------------------------------------
let given: GivenModel = { files: [], main: '', options: {} };
/** The value that the slider gives a parameter. */
let setting: Readonly<Record<string, string>> | undefined;
let readNow: ReadModel | undefined;
/** Findings about the model that was read. */
let readFindings: readonly Diagnostic[] = [];
/** Number of changes of the model so far: a run belongs to the model as it was when the run began. */
let revision = 0;
/** Whether the editor holds text that was not read yet. */
let isEdited = false;
let recorded: Recorded | undefined;
let shown: Pictures | undefined;
let steps = 1;
let dt = 1;

const client = startClient((message) => {
  if (message.kind === 'begin') {
    steps = Math.max(1, message.steps);
    dt = message.dt;
    shown = pictures(message, raster, traces);
  } else {
    progress.value = message.done / steps;
    shown?.add(message);
  }
});

/** Work that waits: the newest replaces older work that has not begun. */
let next: (() => Promise<void>) | undefined;
let working = false;

/** Does work when earlier work is done; a run that is under way ends. */
async function work(action: () => Promise<void>): Promise<void> {
  next = action;
  if (working) {
    await (await client).call('stop');
    return;
  }
  working = true;
  document.querySelector('main')?.setAttribute('aria-busy', 'true');
  try {
    while (next) {
      const now = next;
      next = undefined;
      await now();
    }
  } finally {
    working = false;
    document.querySelector('main')?.removeAttribute('aria-busy');
  }
}

// --- Findings -------------------------------------------------------------------------------------------------------
function showFindings(findings: readonly Diagnostic[]): void {
  editor.mark(findings.filter(({ place }) => place?.document === given.main));
  element('findings', HTMLUListElement).replaceChildren(...findings.map(findingItem));
}

function findingItem({ severity, code, message, hint, place }: Diagnostic): HTMLLIElement {
  const item = document.createElement('li');
  item.className = severity;
  const text = `${severity}: ${message}${hint === undefined ? '' : `. Hint: ${hint}`} (${code})`;
  const { line, column = 1 } = place ?? {};
  if (line === undefined || place?.document !== given.main) {
    item.textContent = line === undefined ? text : `${place?.document ?? ''}:${line}:${column}: ${text}`;
    return item;
  }
  const go = document.createElement('button');
  go.type = 'button';
  go.textContent = `line ${line}`;
  go.onclick = () => editor.goTo(line, column);
  item.append(go, ` ${text}`);
  return item;
}

const problem = ({ findings }: Reply<unknown>): string =>
  findings.find(({ severity }) => severity === 'error')?.message ?? 'it has mistakes';

/** Removes all that holds for the model before a change: its fingerprint, and whether that is the recorded one. */
function forgetRun(): void {
  revision += 1;
  element('fingerprint', HTMLElement).textContent = '';
  showTick(undefined);
  nwbButton.disabled = true;
}

// --- Reading --------------------------------------------------------------------------------------------------------
const isText = (bytes: Uint8Array): boolean => !bytes.subarray(0, 4000).includes(0);

/** Returns the model as it is now, with the value of the slider. */
const asSet = (): GivenModel =>
  setting ? { ...given, options: { ...given.options, set: { ...given.options.set, ...setting } } } : given;

/** Opens a model: shows its document and reads it. */
async function open(model: GivenModel, runs: boolean): Promise<void> {
  // An edit of the document before is not read any more.
  window.clearTimeout(editing);
  isEdited = false;
  given = model;
  forgetRun();
  element('rates', HTMLTableElement).hidden = true;
  setting = undefined;
  const bytes = model.files.find(([path]) => path === model.main)?.[1];
  editor.open(model.main, bytes && isText(bytes) ? new TextDecoder().decode(bytes) : '');
  mainSelect.replaceChildren(...model.files.map(([path]) => option(path)));
  mainSelect.value = model.main;
  element('main-label', HTMLLabelElement).hidden = model.files.length < 2;
  await work(runs ? readAndRun : readAndDescribe);
}

async function readAndRun(): Promise<void> {
  if (await read()) await run();
  await describe();
}

async function readAndDescribe(): Promise<void> {
  await read();
  await describe();
}

/** Shows the description of the model, which takes as long as building its network. */
async function describe(): Promise<void> {
  if (!readNow || next) return;
  const reply = await (await client).call('describe');
  element('description', HTMLDivElement).innerHTML = reply.answer ?? '';
}

/** Reads the model, and shows its findings. @returns whether it can be run */
async function read(): Promise<boolean> {
  const reply = await (await client).call('read', asSet());
  readNow = reply.answer;
  readFindings = reply.findings;
  showFindings(readFindings);
  runButton.disabled = convertButton.disabled = bundleButton.disabled = !readNow;
  nwbButton.disabled = true;
  shareButton.disabled = false;
  if (!readNow) {
    say(`${given.main} cannot be run: ${problem(reply)}`);
    return false;
  }
  const { name, notation, parameters: list } = readNow;
  element('title', HTMLHeadingElement).textContent = name;
  document.title = name;
  if (setting === undefined) showParameters(list);
  say(`${given.main} was read as ${notation}.`);
  return true;
}

const editor = createEditor(element('editor', HTMLDivElement), () => {
  window.clearTimeout(editing);
  isEdited = true;
  forgetRun();
  convertButton.disabled = bundleButton.disabled = true;
  editing = window.setTimeout(() => {
    takeText();
    void work(readAndDescribe);
  }, 400);
});

/** Makes the text of the editor the document. */
function takeText(): void {
  window.clearTimeout(editing);
  if (!isEdited) return;
  isEdited = false;
  const text = new TextEncoder().encode(editor.text());
  given = {
    ...given,
    files: given.files.map(([path, bytes]) => [path, path === given.main ? text : bytes] as const),
  };
  setting = undefined;
}

let editing = 0;

// --- Running --------------------------------------------------------------------------------------------------------
async function run(): Promise<void> {
  stopButton.disabled = false;
  progress.value = 0;
  say('The model is running.');
  const begun = revision;
  const reply = await (await client).call('run');
  stopButton.disabled = true;
  // Other work ended this run, or the model is another one by now: its results are not shown.
  if (next && !reply.answer) return;
  if (begun !== revision) return say('The model was changed while it ran.');
  showFindings([...readFindings, ...reply.findings]);
  if (!reply.answer) return say(`The run failed: ${problem(reply)}`);
  nwbButton.disabled = false;
  progress.value = reply.answer.steps / steps;
  showEnd(reply.answer);
}

function showEnd({ fingerprint, outcome, rows, seconds, steps: done }: RunEnd): void {
  element('fingerprint', HTMLElement).textContent = fingerprint;
  const duration = done * dt;
  const body = document.querySelector('#rates tbody');
  body?.replaceChildren(
    ...rows.map(({ name, size, spikes }) => {
      const row = document.createElement('tr');
      const rate = spikes / size / duration;
      const cells = [
        name,
        String(size),
        String(spikes),
        Number.isFinite(rate) ? `${Number(rate.toPrecision(4))} Hz` : '',
      ];
      row.append(...cells.map((text) => Object.assign(document.createElement('td'), { textContent: text })));
      return row;
    }),
  );
  element('rates', HTMLTableElement).hidden = false;
  showTick(outcome === 'complete' ? fingerprint : undefined);
  const spikes = rows.reduce((sum, row) => sum + row.spikes, 0);
  say(`The run is ${outcome === 'complete' ? 'complete' : outcome}: ${spikes} spikes in ${seconds.toFixed(2)} s.`);
}

/** Compares the fingerprint with the recorded one, which holds for the model that the page was made with. */
function showTick(fingerprint: string | undefined): void {
  const tick = element('tick', HTMLParagraphElement);
  tick.className = '';
  if (!recorded || fingerprint === undefined) tick.textContent = '';
  else if (readNow?.experiment !== recorded.experiment)
    tick.textContent = 'The model was changed since its fingerprint was recorded.';
  else {
    const same = fingerprint === recorded.fingerprint;
    tick.className = same ? 'same' : 'other';
    tick.textContent = same
      ? `✓ Same fingerprint as recorded with interneuron ${recorded.version}.`
      : `✗ Another fingerprint than the recorded one, ${recorded.fingerprint}.`;
  }
}

// --- The slider -----------------------------------------------------------------------------------------------------
let parameters: readonly Parameter[] = [];

function showParameters(list: readonly Parameter[]): void {
  parameters = list;
  const before = parameterSelect.value;
  parameterSelect.replaceChildren(...list.map(({ name }) => option(name)));
  if (list.some(({ name }) => name === before)) parameterSelect.value = before;
  element('parameter-row', HTMLParagraphElement).hidden = list.length === 0;
  showSlider();
}

const chosen = (): Parameter | undefined => parameters.find(({ name }) => name === parameterSelect.value);

function showSlider(): void {
  const parameter = chosen();
  if (!parameter) return;
  const { value } = parameter;
  const far = value === 0 ? 1 : Math.abs(value);
  slider.min = String(value === 0 ? -far : Math.min(0, 2 * value));
  slider.max = String(value === 0 ? far : Math.max(0, 2 * value));
  slider.step = String(far / 100);
  slider.value = String(value);
  showValue();
}

function showValue(): void {
  const text = `${Number(Number(slider.value).toPrecision(6))} ${chosen()?.unit ?? ''}`.trim();
  element('value', HTMLOutputElement).textContent = text;
  slider.setAttribute('aria-valuetext', text);
}

function setParameter(): void {
  const parameter = chosen();
  if (!parameter) return;
  showValue();
  takeText();
  forgetRun();
  const value = `${slider.value} ${parameter.unit}`.trim();
  setting = { [parameter.name]: value };
  void work(readAndRun);
}

// --- Files ----------------------------------------------------------------------------------------------------------
/** Opens files that the user chose; the first one that can be a document is. */
async function openFiles(files: readonly File[]): Promise<void> {
  const all = await Promise.all(
    files.map(
      async (file) => [file.webkitRelativePath || file.name, new Uint8Array(await file.arrayBuffer())] as const,
    ),
  );
  const [first] = all;
  if (!first) return;
  const document = all.find(([path]) => /(^|\/)(LEMS_[^/]*\.xml|[^/]*config\.json)$/i.test(path)) ?? first;
  recorded = undefined;
  await open({ files: all, main: document[0], options: {} }, false);
}

function download(name: string, bytes: Uint8Array): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes.slice()]));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

async function convertTo(notation: TargetNotation): Promise<void> {
  const reply = await (await client).call('convert', notation);
  const list = element('differences', HTMLUListElement);
  if (!reply.answer) {
    list.replaceChildren();
    return say(`The model cannot be written as ${notation}: ${problem(reply)}`);
  }
  const { files, outcome, differences } = reply.answer;
  list.replaceChildren(
    ...differences.map((text) => Object.assign(document.createElement('li'), { textContent: text })),
  );
  // A file in SWC is meant to hold the shape of a cell only.
  if (files.length === 0 || (outcome === 'incomplete' && notation !== 'swc'))
    return say(`Nothing was written: ${notation} lacks parts of the model, listed below.`);
  for (const { name, bytes } of files) download(name, bytes);
  say(`The conversion to ${notation} is ${outcome}: ${files.map(({ name }) => name).join(', ')}.`);
}

async function saveRun(): Promise<void> {
  say('The run is being written.');
  const reply = await (await client).call('nwb');
  if (!reply.answer) return say(`The run cannot be written: ${problem(reply)}`);
  const { name, bytes } = reply.answer;
  download(name, bytes);
  say(`The run was written as ${name}.`);
}

async function saveBundle(): Promise<void> {
  say('The bundle is being written.');
  const reply = await (await client).call('bundle');
  if (!reply.answer) return say(`The bundle cannot be written: ${problem(reply)}`);
  const { file, remarks } = reply.answer;
  download(file.name, file.bytes);
  say([`The bundle was written as ${file.name}.`, ...remarks.map((remark) => `It has ${remark}.`)].join(' '));
}

async function share(): Promise<void> {
  if (isEdited) {
    takeText();
    void work(readAndDescribe);
  }
  const address = new URL(location.href);
  address.hash = await fragmentOf(asSet());
  history.replaceState(null, '', address);
  try {
    await navigator.clipboard.writeText(address.href);
    say(`A link of ${address.href.length} characters was copied; the address of this page is the same link.`);
  } catch {
    say(`The address of this page now holds the model, in ${address.href.length} characters.`);
  }
}

// --- Start ----------------------------------------------------------------------------------------------------------
runButton.onclick = () => {
  const isRead = !isEdited;
  takeText();
  void work(isRead ? run : readAndRun);
};
stopButton.onclick = () => void client.then(({ call }) => call('stop'));
convertButton.onclick = () => void work(() => convertTo(select('notation').value as TargetNotation));
nwbButton.onclick = () => void work(saveRun);
bundleButton.onclick = () => void work(saveBundle);
shareButton.onclick = () => void share();
parameterSelect.onchange = showSlider;
slider.oninput = setParameter;
button('reset').onclick = () => {
  takeText();
  forgetRun();
  setting = undefined;
  void work(readAndRun);
};
fileInput.onchange = () => void openFiles([...(fileInput.files ?? [])]);
mainSelect.onchange = () => void open({ ...given, main: mainSelect.value }, false);
document.body.ondragover = (event) => {
  event.preventDefault();
  document.body.classList.add('over');
};
document.body.ondragleave = () => document.body.classList.remove('over');
document.body.ondrop = (event) => {
  event.preventDefault();
  document.body.classList.remove('over');
  void openFiles([...(event.dataTransfer?.files ?? [])]);
};
select('notation').append(...targetNotations.map((notation) => option(notation)));

/** Offers the examples of a site. */
async function offerExamples(): Promise<void> {
  const { examples } = await import('interneuron:examples');
  const names = Object.keys(examples);
  element('examples-label', HTMLLabelElement).hidden = names.length === 0;
  exampleSelect.append(option('', 'choose'), ...names.map((name) => option(name)));
  exampleSelect.onchange = () => {
    const text = examples[exampleSelect.value];
    if (text === undefined) return;
    recorded = undefined;
    const main = exampleSelect.value.replace(/^.*\//, '');
    void open({ files: [[main, new TextEncoder().encode(text)]], main, options: {} }, true);
  };
}

/** Opens the model of the address or of the page. */
async function start(): Promise<void> {
  const linked = await modelIn(location.hash);
  const held = document.getElementById('model')?.textContent;
  if (held) {
    const { recorded: known, ...model } = JSON.parse(held) as HeldModel & { readonly recorded?: Recorded };
    recorded = known;
    await open(linked ?? givenModel(model), true);
  } else if (linked) await open(linked, true);
}

void offerExamples();
window.onhashchange = () =>
  void modelIn(location.hash).then(async (linked) => {
    if (linked) await open(linked, true);
  });
void start();
