/** Thrown for a part of a model that the wanted terms cannot express; the message names it, or says why. */
export class NotExpressible extends Error {}
