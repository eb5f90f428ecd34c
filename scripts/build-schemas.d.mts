export declare const schemas: readonly { readonly schema: string; readonly folder: string; readonly type?: string }[];
export declare function validatorSource(schemaPath: string, content?: object): Promise<string>;
export declare function declaration(folder: string): string;
