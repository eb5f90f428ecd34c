/**
 * Metadata of an archive in RDF, as programs for COMBINE archives read them.
 *
 * @source OMEX metadata specification, https://doi.org/10.1515/jib-2021-0020; vCard ontology,
 *   https://www.w3.org/TR/vcard-rdf/
 */

import type { Metadata } from '../model/model.js';
import { bareDoi, orcidUrl, splitName } from './citation.js';
import { element, xmlText, type WrittenElement } from './xml.js';

export const metadataName = 'metadata.rdf';

const namespaces = {
  'xmlns:rdf': 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
  'xmlns:dcterms': 'http://purl.org/dc/terms/',
  'xmlns:vCard': 'http://www.w3.org/2006/vcard/ns#',
  'xmlns:rdfs': 'http://www.w3.org/2000/01/rdf-schema#',
  'xmlns:bqbiol': 'http://biomodels.net/biology-qualifiers/',
  'xmlns:bqmodel': 'http://biomodels.net/model-qualifiers/',
};

const resource = { 'rdf:parseType': 'Resource' };

/** Returns `metadata.rdf`; null for a model without metadata but a title. */
export function metadataText(
  name: string,
  { title, description, authors = [], licence, doi, species }: Metadata,
): string | null {
  if (authors.length === 0 && [licence, description, doi, species].every((given) => given === undefined)) return null;
  const text = (tag: string, value: string): WrittenElement => element(tag, {}, [], value);
  const about = [
    text('dcterms:title', title ?? name),
    ...(description === undefined ? [] : [text('dcterms:description', description)]),
    ...authors.map(creatorOf),
    ...(licence === undefined
      ? []
      : [element('dcterms:license', { 'rdf:resource': `https://spdx.org/licenses/${encodeURIComponent(licence)}` })]),
    ...(species === undefined
      ? []
      : [element('bqbiol:hasTaxon', resource, [text('rdfs:label', species), text('dcterms:title', species)])]),
    ...(doi === undefined
      ? []
      : [
          text('dcterms:identifier', doi),
          element('bqmodel:isDescribedBy', { 'rdf:resource': `https://doi.org/${bareDoi(doi)}` }),
        ]),
  ];
  return xmlText(element('rdf:RDF', namespaces, [element('rdf:Description', { 'rdf:about': '.' }, about)]));
}

function creatorOf({ name, orcid }: NonNullable<Metadata['authors']>[number]): WrittenElement {
  const { family, given } = splitName(name);
  const names = [
    element('vCard:family-name', {}, [], family ?? name),
    ...(given === undefined ? [] : [element('vCard:given-name', {}, [], given)]),
  ];
  return element('dcterms:creator', resource, [
    element('vCard:hasName', resource, names),
    ...(orcid === undefined ? [] : [element('vCard:hasURL', { 'rdf:resource': orcidUrl(orcid) })]),
  ]);
}
