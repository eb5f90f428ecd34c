interface Page {
  readonly text: string;
  readonly link: string;
}

export declare const sidebar: readonly {
  readonly text: string;
  readonly link?: string;
  readonly items?: readonly Page[];
}[];
