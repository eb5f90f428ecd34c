/** Findings about bundles. */

import { finding } from '../diagnostics/finding.js';
import { UsageError } from '../diagnostics/diagnostic.js';
import { formatBytes } from '../diagnostics/quantities.js';

const another = 'get the archive again, from a source that you trust';

export const messages = {
  notAnArchive: (path: string, reason: string): UsageError =>
    new UsageError(`${path} cannot be read as a ZIP archive: ${reason}`, 'check that the file is complete'),
  unsafeName: (reason: string) => finding`bundle/unsafe-name: the name of this file leads out of the archive
    expected: a relative path without ..
    found: ${reason}
    hint: ${another}`,
  tooDeep: (limit: number) => finding`bundle/too-deep: the archive holds a file below too many folders
    expected: at most ${limit} levels
    hint: ${another}`,
  sameName: () => finding`bundle/same-name: the archive holds two files of this name
    expected: names that differ by more than upper and lower case
    hint: ${another}`,
  notRegular: () => finding`bundle/not-regular: this entry is a link or a device
    expected: files and folders only
    hint: ${another}`,
  encrypted: () => finding`bundle/encrypted: this file is encrypted
    expected: an archive without a password
    hint: write the archive again without encryption`,
  tooManyFiles: (count: number, limit: number) => finding`bundle/too-many-files: the archive holds ${count} files
    expected: at most ${limit}
    hint: unpack it with another program, and name the model in it`,
  tooLarge: (size: number, limit: number) => finding`bundle/too-large:
    the archive grows to ${formatBytes(size)} when it is unpacked
    expected: at most ${formatBytes(limit)}
    hint: unpack it with another program, and name the model in it`,
  overlapping: () => finding`bundle/overlapping: this file shares bytes of the archive with another one
    expected: files that lie one after the other
    hint: ${another}`,
  tooLong: (size: number, limit: number) => finding`bundle/too-long: this text is ${formatBytes(size)} long
    expected: at most ${formatBytes(limit)}
    hint: ${another}`,
  damaged: (reason: string) => finding`bundle/damaged: this file of the archive cannot be unpacked
    found: ${reason}
    hint: get the archive again: it is damaged`,
  changed: (expected: string, found: string) => finding`bundle/changed:
    this file differs from its checksum in checksums.sha256
    expected: SHA-256 ${expected}
    found: SHA-256 ${found}
    hint: get the archive again, or remove checksums.sha256 if you changed the file`,
  missing: (file: string) => finding`bundle/missing: ${file} is not in the archive, or not beside the experiment
    expected: a file in the same archive or folder
    found: ${file}
    hint: put the file there, or correct the name`,
  noManifest: () => finding`bundle/no-manifest: the archive has no manifest.xml
    expected: a COMBINE archive, as interneuron pack writes it
    hint: unpack it and name the model in it`,
  noModel: (names: readonly string[]) => finding`bundle/no-model: the archive names no model that can be run
    expected: a main file in SED-ML, NeuroML or LEMS, or a bundle of interneuron
    found: ${names.slice(0, 10).join(', ')}
    hint: unpack it and name the model in it`,
  noExperiment: (names: readonly string[]) => finding`bundle/no-experiment:
    the archive holds no experiment in SED-ML
    expected: a file in SED-ML that the manifest lists
    found: ${names.slice(0, 10).join(', ')}
    hint: a model without a duration gets one by interneuron pack --duration '1 s'`,
  danglingReference: (attribute: string, id: string, known: readonly string[]) => finding`sedml/unknown-reference:
    ${attribute} refers to ${id}, which the document does not define
    expected: ${known.length > 0 ? known.slice(0, 10).join(', ') : 'the id of an element'}
    found: ${id}
    hint: correct the reference, or add the element`,
  badId: (element: string, id: string, isTwice: boolean) => finding`sedml/bad-id:
    ${isTwice ? `two elements ${element} have the id ${id}` : `${id} is not an id of ${element}`}
    expected: ${isTwice ? 'an id that no other element has' : 'a letter or _, followed by letters, digits and _'}
    found: ${id}
    hint: choose another id`,
  missingAttribute: (element: string, attribute: string) => finding`sedml/missing-attribute:
    ${element} has no ${attribute}
    expected: ${attribute}
    hint: add the attribute ${attribute}`,
  badNumber: (element: string, attribute: string, found: string) => finding`sedml/not-a-number:
    ${attribute} of ${element} is not a number that it can have
    expected: ${attribute === 'numberOfSteps' ? 'a whole number above 0' : 'a time in the unit of the model'}
    found: ${found}
    hint: correct the number`,
  unreadLanguage: (language: string) => finding`sedml/unread-language: models in ${language} are not read
    expected: urn:sedml:language:neuroml, urn:sedml:language:lems, or urn:interneuron:schema:model:1
    found: ${language}
    hint: run the archive with a program for that language`,
  unreadElement: (element: string) => finding`sedml/unread-element: ${element} is not carried out
    expected: tasks that run one model for a uniformTimeCourse
    found: ${element}
    hint: run the archive with another program, or write one task for each run`,
  noTask: () => finding`sedml/no-task: the experiment has no task
    expected: a task that runs a model for a uniformTimeCourse
    hint: add a task, or name the model instead of the experiment`,
  noNetwork: (file: string) => finding`sedml/no-network: ${file} has no network to simulate
    expected: a Simulation of LEMS, or a network
    hint: name a file with a network as the source of the model`,
  refusedMethod: (id: string, policy: string) => finding`sedml/refused-method:
    ${id} cannot be replaced by forward Euler (KISAO:0000030) under the policy ${policy}
    expected: KISAO:0000030, or under a policy from SIMILAR_APPROXIMATIONS on a method for differential equations
    found: ${id}
    hint: run the archive with a program that has this method`,
  otherMethod: (id: string) => finding`warning sedml/other-method:
    the method ${id} is replaced by that of the model's notation
    expected: KISAO:0000030 (forward Euler), as LEMS prescribes it
    found: ${id}
    hint: choose a short time step, and compare the results`,
} as const;
