/** Returns a module with the defaults of a schema's definitions. */
export declare function defaultsModule(path: string, schema: object): Promise<string>;
