/** The text of docs/messages.md, from the catalogues in the sources. */
export declare function messagesPage(): string;
