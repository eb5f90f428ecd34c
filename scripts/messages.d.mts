/** The text of docs/messages.md, from the catalogues in the sources. */
export function messagesPage(): string;
/** The messages of one source text, and its placeholders that are not plain words. */
export function messagesOfText(text: string): {
  readonly messages: readonly string[];
  readonly riddles: readonly string[];
};
