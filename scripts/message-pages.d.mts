/** Returns the pages of the documentation site about messages, by their paths below the folder of messages. */
export function messagePages(messages: string, explanations: string): ReadonlyMap<string, string>;
