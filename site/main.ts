/** The page: opens, edits, runs, converts and shares a model. */

import { showAbout, showHead, type RecordedFingerprint } from './about.js';
import { hasHdf5, startClient, type Reply } from './client.js';
import { createEditor } from './editor.js';
import { button, element, make, option, select, write } from './elements.js';
import { droppedEntries, droppedFiles, mostFiles } from './dropped-files.js';
import { fetchBeside, missingText, withBeside } from './beside.js';
import {
  fragmentOf,
  givenModel,
  isEmpty,
  modelIn,
  replayIn,
  withReplay,
  type Claim,
  type FileBeside,
  type HeldModel,
} from './link.js';
import type {
  BeginMessage,
  Changes,
  GivenModel,
  OpenedFiles,
  ReadModel,
  RunEnd,
  ShownCurves,
  TaskState,
} from './messages.js';
import { createPictures } from './pictures.js';
import { addTo, emptyRecording, replaceSamples, type Recording } from './recording.js';
import { createSliders, noChanges } from './sliders.js';
import { openTab, startTabs } from './tabs.js';
import { formatBytes, formatCount } from '../src/diagnostics/quantities.js';
import { numericsVersion } from '../src/ir/program.js';
import type { Diagram } from '../src/pictures/network-diagram.js';
import { gateCommands, modelCommands, repairCommands } from '../src/present/next-commands.js';
import type { Diagnostic } from '../src/diagnostics/diagnostic.js';
import { nameOn } from '../src/library/simulators/names.js';
import { targetNotations, targetOf, type TargetNotation } from '../src/convert/target-notations.js';

const runButton = button('run');
const stopButton = button('stop');
const convertButton = button('convert');
const shareButton = button('share');
const replayButton = button('replay');
const nwbButton = button('nwb');
const bundleButton = button('bundle');
const progress = element('progress', HTMLProgressElement);
const mainSelect = select('main');
const exampleSelect = select('examples');
const fileInput = element('files', HTMLInputElement);
const folderInput = element('folder', HTMLInputElement);
const underBox = element('under', HTMLInputElement);
const firstCell = element('first-cell', HTMLInputElement);

function report(text: string): void {
  element('status', HTMLElement).textContent = text;
}

// --- State ----------------------------------------------------------------------------------------------------------
let given: GivenModel = { files: [], main: '', options: {} };
let readNow: ReadModel | undefined;
let recorded: RecordedFingerprint | undefined;
/** The task of the page. */
let task: HeldPage['task'];
/** The fingerprint that the address states for its changes. */
let claim: Claim | undefined;
/** The model of the page, and the title that the page was written with. */
let ofPage: { readonly model: GivenModel; readonly title: string } | undefined;
/** Whether the address leads to the model that is open. */
let isAddressed = false;
/** The run that is shown, and the run of the model as it was opened. */
let shown: Recording | undefined;
/** Whether the run that is shown has ended. */
let isOver = false;
let original: Recording | undefined;
/** A result that was opened, drawn under the run that it is compared with. */
let compared: Recording | undefined;
/** Rates of the original run, by population. */
let originalRates: ReadonlyMap<string, number> = new Map();
/** Whether the text is the one that was opened. */
let isAsOpened = true;
/** Whether the editor holds text that was not read yet. */
let isEdited = false;
/** Cells from which on readers are told that a run takes long. */
const manyCells = 200_000;
/** Synapses of the model; 0 until they are counted. */
let synapseCount = 0;
/** Synapses above which notations are offered without trying them. */
const mostTriedSynapses = 1e6;
/** Number of changes of the model so far: a run belongs to the model as it was when the run began. */
let revision = 0;

const pictures = createPictures();

const client = startClient((message) => {
  if (message.kind === 'begin') {
    shown = emptyRecording(message);
    showUnrecorded(message);
    showPictures();
  } else if (shown) {
    progress.value = message.done / Math.max(1, shown.begin.steps);
    addTo(shown, message);
    pictures.update();
  }
});
client.catch(() => report('The program in this page is damaged: the file may have been cut on its way.'));

/** Shows the run of this browser in place of the picture of the recorded run. */
function hideRecorded(): void {
  document.getElementById('recorded')?.remove();
  write('raster-caption', 'Each mark is a spike of a cell.');
}

/** Says that a model records no spikes, in place of an empty picture. */
function showUnrecorded({ trains, series }: BeginMessage): void {
  const note = element('unrecorded', HTMLParagraphElement);
  note.hidden = trains.length > 0;
  note.textContent =
    series.length > 0
      ? 'The model records no spikes. Its variables are shown under Results.'
      : 'The model records nothing. The fingerprint compares all spikes and the final state.';
}

function showPictures(): void {
  const under = compared ?? (underBox.checked && original !== shown ? original : undefined);
  if (shown) pictures.show(shown, under, isOver);
}

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
    offerShown();
  }
}

// --- Findings -------------------------------------------------------------------------------------------------------
function showFindings(findings: readonly Diagnostic[]): void {
  editor.mark(findings.filter(({ place }) => place?.document === given.main));
  const alike = new Map<string, Diagnostic[]>();
  for (const finding of findings) {
    const text = findingText(finding);
    const known = alike.get(text);
    if (known) known.push(finding);
    else alike.set(text, [finding]);
  }
  element('findings', HTMLUListElement).replaceChildren(...[...alike].map(findingItem));
}

const findingText = ({ severity, code, message, hint }: Diagnostic): string =>
  `${severity}: ${message}${hint === undefined ? '' : `. Hint: ${hint}`} (${code})`;

/** Places of equal findings that are shown. */
const mostPlaces = 6;

/** An item for findings of the same text, each with its place. */
function findingItem([text, findings]: readonly [string, readonly Diagnostic[]]): HTMLLIElement {
  const item = document.createElement('li');
  item.className = findings[0]?.severity ?? '';
  for (const { place } of findings.slice(0, mostPlaces)) {
    const { line, column = 1 } = place ?? {};
    if (line === undefined) continue;
    if (place?.document !== given.main) {
      item.append(`${place?.document ?? ''}:${line}:${column}: `);
      continue;
    }
    const go = document.createElement('button');
    go.type = 'button';
    go.textContent = `line ${line}`;
    go.onclick = () => editor.goTo(line, column);
    item.append(go, ' ');
  }
  const more = findings.length - mostPlaces;
  item.append(more > 0 ? `and ${more} more ${more === 1 ? 'place' : 'places'}: ${text}` : text);
  return item;
}

const problem = ({ findings }: Reply<unknown>): string =>
  findings.find(({ severity }) => severity === 'error')?.message ?? 'it has mistakes';

/** Findings about the text; those of a run are shown below them. */
let textFindings: readonly Diagnostic[] = [];

/** Takes back the fingerprint and its tick: they belong to another text. */
function forgetRun(): void {
  revision += 1;
  isOver = false;
  write('fingerprint', '');
  showTick(undefined);
  showTask(undefined);
  nwbButton.disabled = true;
}

// --- Reading --------------------------------------------------------------------------------------------------------
const isText = (bytes: Uint8Array): boolean => !bytes.subarray(0, 4000).includes(0);

/** Returns the model as it is now, with the values of the sliders. */
function asSet(): GivenModel {
  const { set, ...others } = sliders.changes();
  return { ...given, options: { ...given.options, ...others, set: { ...given.options.set, ...set } } };
}

/** Opens a model: shows its document and reads it. @param changes  those that the address gives */
async function open(model: GivenModel, runs: boolean, changes = noChanges): Promise<void> {
  begin(model, changes);
  await work(runs ? readAndRun : readAndDescribe);
}

/** Shows the document of a model. @param documents  those that the visitor can choose, by path */
function begin(
  model: GivenModel,
  changes: Changes,
  documents: readonly string[] = model.files.map(([path]) => path),
): void {
  showOpening(false);
  // An edit of the document before is not read any more.
  window.clearTimeout(editing);
  given = model;
  missing = [];
  isAsOpened = true;
  isEdited = false;
  [shown, original, compared, originalRates] = [undefined, undefined, undefined, new Map()];
  document.body.classList.remove('result');
  element('under-label', HTMLElement).hidden = true;
  forgetRun();
  element('rates', HTMLTableElement).hidden = true;
  element('curves-figure', HTMLElement).hidden = true;
  element('commands-section', HTMLElement).hidden = true;
  sliders.begin(changes);
  const bytes = model.files.find(([path]) => path === model.main)?.[1];
  editor.open(model.main, bytes && isText(bytes) ? new TextDecoder().decode(bytes) : '');
  mainSelect.replaceChildren(...documents.map((path) => option(path)));
  mainSelect.value = model.main;
  element('main-label', HTMLLabelElement).hidden = documents.length < 2;
}

/** Shows how to open a model: in place of the page while there is none, else above the text of the model. */
function showOpening(isEmpty: boolean): void {
  const opening = element('open', HTMLElement);
  opening.hidden = false;
  document.body.classList.toggle('empty', isEmpty);
  if (isEmpty) document.body.prepend(opening);
  else element('panel-model', HTMLElement).prepend(opening);
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
  const { answer } = await (await client).call('describe');
  if (!answer) return;
  const { html, diagram, caption, synapses } = answer;
  synapseCount = synapses;
  element('description', HTMLDivElement).innerHTML = html;
  showDiagram(diagram);
  element('diagram-caption', HTMLElement).textContent = caption;
  pictures.update();
  if (next || !isOver || !isAsOpened || !isEmpty(sliders.changes())) return;
  const curve = (await (await client).call('currentCurve')).answer;
  if (curve && !next) showFigure(curve);
}

function showDiagram({ svg, width, height }: Diagram): void {
  const drawing = document.getElementById('diagram');
  if (!drawing) return;
  drawing.setAttribute('viewBox', `0 0 ${width} ${height}`);
  drawing.setAttribute('width', String(width));
  drawing.innerHTML = svg;
  element('diagram-figure', HTMLElement).hidden = readNow?.isPlain === true;
}

/** Reads the model, and shows its findings. @returns whether it can be run */
async function read(): Promise<boolean> {
  const reply = await (await client).call('read', asSet());
  readNow = reply.answer;
  forgetNotations();
  textFindings = reply.findings;
  showFindings(textFindings);
  runButton.disabled = bundleButton.disabled = !readNow;
  nwbButton.disabled = true;
  shareButton.disabled = false;
  if (!readNow) {
    report(`${given.main} cannot be run: ${problem(reply)}`);
    return false;
  }
  document.body.classList.remove('unread');
  showHead(readNow, given.main, given.main === ofPage?.model.main ? ofPage.title : undefined);
  showDiagram(readNow.diagram);
  showAbout(readNow, recorded);
  sliders.offer(readNow, task?.text);
  const { notation, cells, needsDuration, duration } = readNow;
  const chosen = needsDuration ? ` It states no duration: this page runs ${duration}.` : '';
  const warning =
    cells < manyCells ? '' : ` It has ${formatCount(cells)} cells: a run may take minutes and much memory.`;
  report(`${given.main} was read as ${notation}.${chosen}${warning}`);
  return true;
}

const editor = createEditor(element('editor', HTMLDivElement), () => {
  window.clearTimeout(editing);
  isAsOpened = false;
  isEdited = true;
  forgetRun();
  convertButton.disabled = bundleButton.disabled = true;
  editing = window.setTimeout(() => {
    takeText();
    // Another text may have other parameters.
    sliders.begin(noChanges);
    [claim, isAddressed] = [undefined, false];
    showAddress();
    void work(readAndDescribe);
  }, 400);
});
let editing = 0;

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
}

const sliders = createSliders(() => {
  takeText();
  claim = undefined;
  forgetRun();
  showAddress();
  void work(readAndRun);
});

/** Writes the changes into the address of the page, with the fingerprint of a run with them. */
function showAddress(fingerprint?: string): void {
  try {
    const address = isAddressed ? withReplay(location.href, replayOf(fingerprint)) : location.pathname;
    history.replaceState(null, '', address);
  } catch {
    // Some browsers keep the address of a file as it is.
  }
}

/** Returns the changes with the fingerprint of a run with them. */
function replayOf(fingerprint: string | undefined): Parameters<typeof withReplay>[1] {
  const changes = sliders.changes();
  return { changes, ...(fingerprint ? { claim: { fingerprint, numerics: numericsVersion } } : {}) };
}

// --- Running --------------------------------------------------------------------------------------------------------
async function run(): Promise<void> {
  stopButton.disabled = false;
  progress.value = 0;
  forgetRun();
  showFindings(textFindings);
  const { cells = 0 } = readNow ?? {};
  report(
    cells < manyCells
      ? 'The model is running.'
      : `The model is running. It has ${formatCount(cells)} cells, so that may take minutes and much memory; “Stop” ends it.`,
  );
  const begun = revision;
  const reply = await (await client).call('run', task?.check);
  hideRecorded();
  stopButton.disabled = true;
  // Other work ended this run, or the model is another one by now: its results are not shown.
  if (next && !reply.answer) return;
  if (begun !== revision) return report('The model was changed while it ran.');
  showFindings([...textFindings, ...reply.findings]);
  if (!reply.answer) return report(`The run failed: ${problem(reply)}`);
  nwbButton.disabled = false;
  if (shown) progress.value = reply.answer.steps / Math.max(1, shown.begin.steps);
  isOver = true;
  showEnd(reply.answer);
}

function showEnd({ fingerprint, outcome, rows, seconds, steps: done, judged }: RunEnd): void {
  write('fingerprint', fingerprint);
  const duration = done * (shown?.begin.dt ?? 1);
  const rates = new Map(rows.map(({ name, size, spikes }) => [name, spikes / size / duration]));
  const isUnchanged = isAsOpened && isEmpty(sliders.changes());
  replayButton.disabled = outcome !== 'complete' || !isAddressed;
  if (outcome === 'complete' && isAddressed && !isUnchanged && !claim) showAddress(fingerprint);
  if (outcome === 'complete' && isUnchanged) {
    original = shown;
    originalRates = rates;
  }
  const rateText = (rate: number | undefined): string =>
    rate !== undefined && Number.isFinite(rate) ? `${Number(rate.toPrecision(4))} Hz` : '';
  element('rates', HTMLTableElement)
    .querySelector('tbody')
    ?.replaceChildren(
      ...rows.map(({ name, size, spikes }) => {
        const texts = [name, formatCount(size), formatCount(spikes), rateText(rates.get(name))];
        const cells = isUnchanged ? texts : [...texts, rateText(originalRates.get(name))];
        return make(
          'tr',
          {},
          cells.map((textContent) => make('td', { textContent })),
        );
      }),
    );
  const last = element('rates', HTMLTableElement).querySelector<HTMLElement>('th:last-child');
  if (last) last.hidden = isUnchanged;
  element('rates', HTMLTableElement).hidden = false;
  element('under-label', HTMLElement).hidden = isUnchanged || original === undefined;
  const most = Math.max(0, ...(shown?.begin.series.map(({ cells, size }) => size - cells.length) ?? []));
  element('first-cell-label', HTMLElement).hidden = most === 0;
  firstCell.max = String(most);
  firstCell.value = '0';
  showPictures();
  showTick(outcome === 'complete' ? fingerprint : undefined);
  showTask(judged);
  const spikes = rows.reduce((sum, row) => sum + row.spikes, 0);
  report(
    `The run is ${outcome === 'complete' ? 'complete' : outcome}: ${formatCount(spikes)} ${spikes === 1 ? 'spike' : 'spikes'} in ${seconds.toFixed(2)} s.`,
  );
}

/** Shows whether a run solves the task of the page. */
function showTask(state: TaskState | undefined): void {
  write('task-state', state?.text ?? '');
  element('task-state', HTMLElement).className = state?.holds === true ? 'same' : '';
}

/** Compares the fingerprint with the recorded one, which holds for the model that the page was made with. */
function showTick(fingerprint: string | undefined): void {
  const tick = element('tick', HTMLParagraphElement);
  tick.className = '';
  if (fingerprint === undefined) tick.textContent = '';
  else if (claim) compareWith(claim, fingerprint, 'in the link');
  else if (!recorded) tick.textContent = '';
  else if (readNow?.experiment !== recorded.experiment)
    tick.textContent = 'The model was changed since its fingerprint was recorded.';
  else
    compareWith(
      { fingerprint: recorded.fingerprint, numerics: recorded.numerics ?? 9 },
      fingerprint,
      `recorded with interneuron ${recorded.version}`,
    );
}

/** Ticks a fingerprint that is the claimed one. @param where  words about the claim */
function compareWith(claimed: Claim, fingerprint: string, where: string): void {
  const tick = element('tick', HTMLParagraphElement);
  if (claimed.numerics !== numericsVersion) {
    tick.textContent = `The fingerprint ${where} is of numerics version ${claimed.numerics}, and this page runs version ${numericsVersion}.`;
    return;
  }
  const same = fingerprint === claimed.fingerprint;
  tick.className = same ? 'same' : 'other';
  tick.textContent = same
    ? `✓ Same fingerprint as ${where}.`
    : `✗ Another fingerprint than ${where}: ${claimed.fingerprint}.`;
}

/** Shows other cells of the recorded variables. */
async function showCells(): Promise<void> {
  const { answer } = await (await client).call('samples', Number(firstCell.value) || 0);
  if (!answer || !shown) return;
  replaceSamples(shown, answer);
  pictures.show(shown, undefined, isOver);
}

// --- Files ----------------------------------------------------------------------------------------------------------
/** Most bytes of the files that a tab opens. */
const mostBytes = 2 ** 30;

/** Opens files that the user chose: their model, or files that the model of the page lacks. */
async function openFiles(files: readonly (readonly [path: string, file: File])[]): Promise<void> {
  if (files.length === 0) return;
  const bytes = files.reduce((sum, [, { size }]) => sum + size, 0);
  if (bytes > mostBytes || files.length > mostFiles)
    return report(
      `Nothing was opened: ${formatCount(files.length)} files with ${formatBytes(bytes)} are too much for a tab. Open the folder of one model, or give it to the command interneuron.`,
    );
  let all: GivenModel['files'];
  try {
    all = await Promise.all(
      files.map(async ([path, file]) => [path, new Uint8Array(await file.arrayBuffer())] as const),
    );
  } catch {
    return report('Nothing was opened: a file was changed or removed while it was read.');
  }
  hideRecorded();
  if (missing.length > 0) {
    const found = withBeside(missing, all);
    if (found.files.length > 0)
      return openComplete({ ...given, files: [...given.files, ...found.files] }, found.missing);
  }
  await work(async () => {
    const reply = await (await client).call('open', all);
    const [main] = reply.answer?.documents ?? [];
    if (!reply.answer) return report(`Nothing was opened: ${problem(reply)}.`);
    const others = othersText(reply.answer.others);
    const { results } = reply.answer;
    const resultsIn = reply.answer.files.filter(([path]) => results.includes(path));
    if (main === undefined && resultsIn.length > 0) return showResults(resultsIn);
    if (main === undefined) {
      if (!reply.answer.curves) return report(`No model was opened. ${others}`);
      showCurves(reply.answer.curves, all[0]?.[0] ?? '');
      return report(others);
    }
    [recorded, claim, isAddressed] = [undefined, undefined, false];
    const { files: found, documents } = reply.answer;
    await openChosen({ files: found, main, options: {} }, documents);
    const list = documents.length > 1 ? listText(documents) : '';
    const said = readNow ? [list, others] : [element('status', HTMLElement).textContent, list, others];
    if (list + others !== '') report(said.filter((text) => text !== '').join(' '));
    if (!readNow || resultsIn.length === 0) return;
    await run();
    await showResults(resultsIn);
  });
}

/** Draws results, each under the run that is shown or the result before it. */
async function showResults(files: GivenModel['files']): Promise<void> {
  const texts: string[] = [];
  for (const file of files.slice(0, mostOthers)) {
    const reply = await (await client).call('result', file);
    if (!reply.answer) {
      texts.push(problem(reply));
      continue;
    }
    const { begin, live, text, isUnder } = reply.answer;
    const recording = emptyRecording(begin);
    addTo(recording, live);
    texts.push(text);
    if (isUnder) compared = recording;
    else {
      showOpening(false);
      document.body.classList.add('result');
      document.body.classList.remove('unread');
      element('curves-figure', HTMLElement).hidden = element('diagram-figure', HTMLElement).hidden = true;
      write('title', baseName(file[0]));
      openTab('results');
      [shown, isOver] = [recording, true];
      showUnrecorded(begin);
    }
    showPictures();
  }
  report(texts.join(' '));
}

/** Most models of an archive, and files besides a model, that are named. */
const [mostNamed, mostOthers] = [8, 4];

/** Returns the list of several models, of which the first is shown. */
const listText = (documents: readonly string[]): string =>
  `There are ${documents.length} models: ${documents.slice(0, mostNamed).join(', ')}${documents.length > mostNamed ? ', …' : ''}. This is ${documents[0] ?? ''}; “Document” under Model opens another.`;

/** Returns what files are that hold no model, and what to do with each. */
function othersText(others: OpenedFiles['others']): string {
  const named = others
    .slice(0, mostOthers)
    .map(({ path, title, instead }) => `${path} is ${title}${instead === undefined ? '' : `: ${instead}`}.`);
  const more = others.length - mostOthers;
  return [...named, ...(more > 0 ? [`There are ${more} more files.`] : [])].join(' ');
}

/** Opens the first of some documents, and shows what it holds or where its mistakes are. */
async function openChosen(model: GivenModel, documents: readonly string[]): Promise<void> {
  begin(model, noChanges, documents);
  await read();
  // Without a network there is nothing to show above its findings.
  document.body.classList.toggle('unread', !readNow);
  const curves = readNow ? undefined : (await (await client).call('curves', model.main)).answer;
  if (curves) showCurves(curves, model.main);
  else if (!readNow) write('title', baseName(model.main));
  openTab(readNow || curves ? 'equations' : 'model');
  showCommands(curves !== undefined);
  await describe();
}

const baseName = (path: string): string => path.replace(/^.*\//, '');

/** Shows the curves of a file that has no run. */
function showCurves(curves: ShownCurves, path: string): void {
  const { html } = curves;
  showOpening(false);
  document.body.classList.add('unread');
  write('title', baseName(path));
  showFigure(curves);
  element('description', HTMLDivElement).innerHTML = html;
  showFindings([]);
  report(html === '' ? '' : `${baseName(path)} holds channels and cells, and no network to run.`);
}

function showFigure({ svg, caption }: ShownCurves): void {
  element('curves', HTMLElement).innerHTML = svg;
  write('curves-caption', caption);
  element('curves-figure', HTMLElement).hidden = svg === '';
}

/** Shows commands for the document that the visitor opened. */
function showCommands(hasGates = false): void {
  const mistake = textFindings.find(({ severity, code }) => severity === 'error' && !code.startsWith('page/'));
  const commands = readNow
    ? modelCommands(given.main, readNow.notation, { needsDuration: readNow.needsDuration })
    : hasGates
      ? gateCommands(given.main)
      : repairCommands(given.main, mistake?.code);
  element('commands', HTMLDListElement).replaceChildren(
    ...commands.flatMap(([purpose, command]) => {
      const copy = make('button', { type: 'button', textContent: 'Copy', ariaLabel: `Copy the command: ${purpose}` });
      copy.onclick = () =>
        void navigator.clipboard.writeText(command).then(
          () => report('The command was copied.'),
          () => report('The browser does not allow copying: select the command.'),
        );
      return [make('dt', { textContent: purpose }), make('dd', {}, [make('code', { textContent: command }), copy])];
    }),
  );
  element('commands-section', HTMLElement).hidden = false;
}

/** Files beside the page that the model still needs. */
let missing: readonly FileBeside[] = [];

/** Opens the model of the page, and runs it once all its files are there. */
async function openComplete(model: GivenModel, lacking: readonly FileBeside[], changes = noChanges): Promise<void> {
  missing = lacking;
  if (lacking.length === 0) {
    // A page of channels has no run.
    if (!recorded) return openChosen(model, [model.main]);
    openTab('results');
    return open(model, true, changes);
  }
  given = model;
  showOpening(false);
  write('title', document.title);
  const bytes = model.files.find(([path]) => path === model.main)?.[1];
  editor.open(model.main, bytes && isText(bytes) ? new TextDecoder().decode(bytes) : '');
  openTab('model');
  report(missingText(lacking));
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
  forgetVerdict();
  if (!reply.answer) {
    list.replaceChildren();
    return report(`The model cannot be written as ${notation}: ${problem(reply)}`);
  }
  const { files, outcome, differences } = reply.answer;
  list.replaceChildren(
    ...differences.map((text) => Object.assign(document.createElement('li'), { textContent: text })),
  );
  // A file in SWC is meant to hold the shape of a cell only.
  if (files.length === 0 || (outcome === 'incomplete' && !targetOf(notation).isPart))
    return report(`Nothing was written: ${notation} lacks parts of the model, listed below.`);
  for (const { name, bytes } of files) download(name, bytes);
  const [first] = targetOf(notation).runBy ?? [];
  const run = first === undefined ? '' : ` This command runs it: interneuron run MODEL --on ${nameOn(first)}`;
  report(`The model is written as ${notation}: ${files.map(({ name }) => name).join(', ')}.${run}`);
  void showVerdict(notation);
}

/** Number of verdicts that were begun or forgotten: only the last one is shown. */
let verdicts = 0;

function forgetVerdict(): void {
  verdicts += 1;
  element('verdict', HTMLParagraphElement).textContent = '';
}

/** Measures a conversion and shows the verdict. The page works meanwhile. */
async function showVerdict(notation: TargetNotation): Promise<void> {
  forgetVerdict();
  const mine = verdicts;
  const shown = element('verdict', HTMLParagraphElement);
  shown.textContent = 'measuring…';
  const reply = await (await client).call('verdict', notation);
  if (mine === verdicts) shown.textContent = `conversion: ${reply.answer?.join('\n') ?? problem(reply)}`;
}

/** Notations that were tried, with the reason if they cannot hold the model. */
let tried: ReadonlyMap<TargetNotation, string | undefined> = new Map();

/** Forgets which notations hold the model: it is another one. */
function forgetNotations(): void {
  tried = new Map();
  showNotations();
  forgetVerdict();
}

function showNotations(): void {
  const chosen = select('notation').value;
  const all = [...tried];
  select('notation').replaceChildren(...all.flatMap(([name, reason]) => (reason === undefined ? [option(name)] : [])));
  if (tried.get(chosen as TargetNotation) === undefined && tried.has(chosen as TargetNotation))
    select('notation').value = chosen;
  convertButton.disabled = !readNow || isEdited || select('notation').value === '';
  const refused = all.flatMap(([name, reason]) => (reason === undefined ? [] : [`${name}: ${reason}`]));
  const list = element('refused', HTMLDetailsElement);
  list.hidden = refused.length === 0;
  list.querySelector('ul')?.replaceChildren(...refused.map((textContent) => make('li', { textContent })));
}

/** Tries notations that were not tried yet, if their list is shown and nothing else is done. */
function offerShown(): void {
  const isShown = !element('panel-save', HTMLElement).hidden;
  if (isShown && !working && readNow && !isEdited && tried.size < targetNotations.length) void work(offerNotations);
}

/** Offers the notations that hold the model. Large networks are not written for that. */
async function offerNotations(): Promise<void> {
  const isLarge = synapseCount > mostTriedSynapses;
  for (const notation of targetNotations) {
    if (next) return;
    if (tried.has(notation)) continue;
    const reason = isLarge ? undefined : await whyNot(notation);
    tried = new Map([...tried, [notation, reason]]);
    showNotations();
  }
}

/** Returns the reason why a notation cannot hold the model. */
async function whyNot(notation: TargetNotation): Promise<string | undefined> {
  const reply = await (await client).call('convert', notation);
  if (!reply.answer) return problem(reply);
  const { files, outcome, differences } = reply.answer;
  if (files.length > 0 && (outcome !== 'incomplete' || targetOf(notation).isPart)) return undefined;
  const [first = 'it has no words for the model', ...others] = differences;
  return others.length === 0 ? first : `${first}, and ${formatCount(others.length)} more`;
}

async function saveRun(): Promise<void> {
  report('The run is being written.');
  const reply = await (await client).call('nwb');
  if (!reply.answer) return report(`The run cannot be written: ${problem(reply)}`);
  const { name, bytes } = reply.answer;
  download(name, bytes);
  report(`The run was written as ${name}.`);
}

async function saveBundle(): Promise<void> {
  report('The bundle is being written.');
  const reply = await (await client).call('bundle', hasHdf5());
  if (!reply.answer) return report(`The bundle cannot be written: ${problem(reply)}`);
  const { file, remarks } = reply.answer;
  download(file.name, file.bytes);
  report([`The bundle was written as ${file.name}.`, ...remarks.map((remark) => `It has ${remark}.`)].join(' '));
}

async function share(): Promise<void> {
  if (isEdited) {
    takeText();
    void work(readAndDescribe);
  }
  const address = new URL(location.href);
  const fingerprint = isOver ? element('fingerprint', HTMLElement).textContent : '';
  address.hash = await fragmentOf(given);
  isAddressed = true;
  await copyAddress(withReplay(address.href, replayOf(fingerprint)));
}

/** Makes a link the address of this page, and copies it. */
async function copyAddress(address: string): Promise<void> {
  history.replaceState(null, '', address);
  try {
    await navigator.clipboard.writeText(address);
    report(`A link of ${address.length} characters was copied; the address of this page is the same link.`);
  } catch {
    report(`The address of this page is now the link, of ${address.length} characters.`);
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
replayButton.onclick = () =>
  void copyAddress(withReplay(location.href, replayOf(element('fingerprint', HTMLElement).textContent)));
underBox.onchange = showPictures;
firstCell.onchange = () => void work(showCells);
button('zoom-in').onclick = () => pictures.zoom(0.5);
button('zoom-out').onclick = () => pictures.zoom(2);
button('zoom-all').onclick = () => pictures.zoom('all');
for (const input of [fileInput, folderInput])
  input.onchange = () =>
    void openFiles([...(input.files ?? [])].map((file) => [file.webkitRelativePath || file.name, file] as const));
mainSelect.onchange = () => {
  [claim, isAddressed] = [undefined, false];
  begin(
    { ...given, main: mainSelect.value },
    noChanges,
    [...mainSelect.options].map(({ value }) => value),
  );
  void work(async () => {
    await readAndDescribe();
    showCommands();
  });
};
document.body.ondragover = (event) => {
  event.preventDefault();
  document.body.classList.add('over');
};
document.body.ondragleave = () => document.body.classList.remove('over');
document.body.ondrop = (event) => {
  event.preventDefault();
  document.body.classList.remove('over');
  if (event.dataTransfer) openDropped(droppedEntries(event.dataTransfer));
};
function openDropped(entries: readonly FileSystemEntry[]): void {
  droppedFiles(entries)
    .then(openFiles)
    .catch((error: unknown) =>
      report(`Nothing was opened: ${error instanceof Error ? error.message : String(error)}.`),
    );
}
// The script in the head of the page keeps a drop that came before this program.
window.ondrop = null;
const early = (window as { readonly earlyDrop?: readonly (FileSystemEntry | null)[] }).earlyDrop;
/** Offers the examples of a site. */
async function offerExamples(): Promise<void> {
  const { examples } = await import('interneuron:examples');
  const names = Object.keys(examples);
  element('examples-label', HTMLLabelElement).hidden = names.length === 0;
  exampleSelect.append(option('', 'choose'), ...names.map((name) => option(name)));
  exampleSelect.onchange = () => {
    const text = examples[exampleSelect.value];
    if (text === undefined) return;
    [recorded, claim, isAddressed] = [undefined, undefined, false];
    openTab('results');
    const main = exampleSelect.value.replace(/^.*\//, '');
    void open({ files: [[main, new TextEncoder().encode(text)]], main, options: {} }, true);
  };
}

/** What a page of one model holds. */
interface HeldPage extends HeldModel {
  readonly recorded?: RecordedFingerprint;
  /** A task for readers, and the condition on spikes that ticks it. */
  readonly task?: { readonly text: string; readonly check?: string };
}

/** Returns the model in the address, or the reason why it cannot be read. */
const linkedModel = (): Promise<{ readonly linked?: GivenModel | undefined; readonly failure?: string }> =>
  modelIn(location.hash).then(
    (linked) => ({ linked }),
    (error: unknown) => ({ failure: error instanceof Error ? error.message : String(error) }),
  );

/** Opens the model of the address or of the page. */
async function start(): Promise<void> {
  const { linked, failure } = await linkedModel();
  const held = document.getElementById('model')?.textContent;
  const { changes, failure: unset, ...replayed } = replayIn(location);
  claim = replayed.claim;
  if (new URLSearchParams(location.search).has('embed')) document.body.classList.add('embedded');
  if (held) {
    const { recorded: known, task: stated, beside = [], ...heldModel } = JSON.parse(held) as HeldPage;
    [recorded, task] = [known, stated];
    if (linked) {
      hideRecorded();
      isAddressed = true;
      await open(linked, true, changes);
    } else {
      if (beside.length > 0) report(`The page is reading ${beside.map(({ name }) => name).join(', ')}.`);
      const found = await fetchBeside(beside);
      const whole = givenModel(heldModel);
      const model = { ...whole, files: [...whole.files, ...found.files] };
      ofPage = { model, title: document.title };
      isAddressed = true;
      await openComplete(model, found.missing, changes);
    }
  } else if (linked) {
    isAddressed = true;
    await open(linked, true, changes);
  } else showOpening(true);
  if (failure !== undefined) report(`${failure}${held ? '. This is the model of the page' : ''}`);
  else if (unset !== undefined && missing.length === 0) report(unset);
}

nwbButton.hidden = !hasHdf5();
startTabs(() => {
  pictures.update();
  offerShown();
});
openTab('results');
void offerExamples();
window.onhashchange = () =>
  void linkedModel().then(async ({ linked, failure }) => {
    if (failure !== undefined) return report(failure);
    const { changes, claim: claimed, failure: unset } = replayIn(location);
    const model = linked ?? ofPage?.model;
    if (!model) return;
    [claim, isAddressed] = [claimed, true];
    hideRecorded();
    await open(model, true, changes);
    if (unset !== undefined) report(unset);
  });
void start().then(() => {
  if (early) openDropped(early.filter((entry) => entry !== null));
});
