/**
 * The functions of a source, by the names that V8 gives them, and which of them a change touches.
 *
 * A function within another one counts as a part of it. Functions without a name belong to the text around them.
 */

import ts from 'typescript';

/** The parts of a source text. */
export interface Units {
  /** Texts by name, without comments; functions of one name are one. */
  readonly functions: ReadonlyMap<string, string>;
  /** Texts of what else declares values, without functions, comments and types, by the declared name. */
  readonly values: ReadonlyMap<string, string>;
  /** Statements that declare nothing and import nothing by name. */
  readonly effects: readonly string[];
  /** The module and the name there of what is imported or exported from it, by name here; `*` for all names. */
  readonly imports: ReadonlyMap<string, string>;
}

const isFunction = (node: ts.Node): node is ts.FunctionLikeDeclaration =>
  ts.isFunctionLike(node) && 'body' in node && node.body !== undefined;

/** Returns the name that V8 gives to a function; undefined if it has none. */
function nameOf(node: ts.FunctionLikeDeclaration): string | undefined {
  const { parent } = node;
  const name = node.name ?? ('name' in parent ? (parent as { readonly name?: ts.Node }).name : undefined);
  if (ts.isConstructorDeclaration(node)) return ts.isClassLike(parent) ? parent.name?.text : undefined;
  if (name === undefined) return undefined;
  if (!ts.isIdentifier(name) && !ts.isPrivateIdentifier(name) && !ts.isStringLiteral(name)) return undefined;
  const accessor = ts.isGetAccessor(node) ? 'get ' : ts.isSetAccessor(node) ? 'set ' : '';
  return accessor + name.text;
}

/** Returns the module of each name that a statement imports or passes on; types do not count. */
function importsOf(statement: ts.ImportDeclaration | ts.ExportDeclaration): [string, string][] {
  const module = (statement.moduleSpecifier as ts.StringLiteral | undefined)?.text ?? '.';
  const at = (name: string): string => `${module} ${name}`;
  const isImport = ts.isImportDeclaration(statement);
  const clause = isImport ? statement.importClause : undefined;
  if (isImport ? clause?.phaseModifier === ts.SyntaxKind.TypeKeyword : statement.isTypeOnly) return [];
  const bindings = isImport ? clause?.namedBindings : statement.exportClause;
  const result: [string, string][] = clause?.name ? [[clause.name.text, at('default')]] : [];
  if (!isImport && bindings === undefined) return [[`* ${module}`, at('*')]];
  if (bindings && (ts.isNamespaceImport(bindings) || ts.isNamespaceExport(bindings)))
    return [...result, [bindings.name.text, at('*')]];
  for (const { isTypeOnly, name, propertyName } of bindings?.elements ?? [])
    if (!isTypeOnly) result.push([name.text, at((propertyName ?? name).text)]);
  return result;
}

/** Returns the names that a statement declares. */
function declaredIn(statement: ts.Statement): string[] {
  const namesOf = (name: ts.BindingName): string[] =>
    ts.isIdentifier(name)
      ? [name.text]
      : name.elements.flatMap((one) => (ts.isOmittedExpression(one) ? [] : namesOf(one.name)));
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => namesOf(name));
  const { name } = statement as { readonly name?: ts.Node };
  return name !== undefined && ts.isIdentifier(name) ? [name.text] : [];
}

const printer = ts.createPrinter({ removeComments: true });

/** Returns the parts of a source text. */
export function unitsOf(text: string): Units {
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true);
  const functions = new Map<string, string>();
  const without = (node: ts.Node): ts.Node => {
    if (isFunction(node)) {
      const name = nameOf(node);
      if (name !== undefined) {
        const printed = printer.printNode(ts.EmitHint.Unspecified, node, source);
        functions.set(name, `${functions.get(name) ?? ''}${printed}\n`);
        return ts.factory.createIdentifier(`function_${name.replace(/\W/g, '_')}`);
      }
    }
    return ts.visitEachChild(node, without, undefined);
  };
  const values = new Map<string, string>();
  const effects: string[] = [];
  const imports = new Map<string, string>();
  for (const statement of source.statements) {
    if (ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement)) continue;
    const isExport = ts.isExportDeclaration(statement);
    if (isExport || (ts.isImportDeclaration(statement) && statement.importClause !== undefined)) {
      for (const [name, origin] of importsOf(statement)) imports.set(name, origin);
      continue;
    }
    const printed = printer.printNode(ts.EmitHint.Unspecified, without(statement), source);
    const names = declaredIn(statement);
    if (names.length === 0) effects.push(printed);
    // A function alone is no value.
    for (const name of names)
      if (!new RegExp(`^(?:export )?(?:const ${name}(?:: .*)? = )?function_${name};?$`).test(printed))
        values.set(name, printed);
  }
  return { functions, values, effects, imports };
}

/** What is different in two texts of a source. */
export interface Difference {
  /** Names of functions with other words. */
  readonly functions: ReadonlySet<string>;
  /** Names of other values, and of imports from elsewhere: who mentions one of them is different, too. */
  readonly values: ReadonlySet<string>;
  /** Whether statements differ that declare nothing. */
  readonly effects: boolean;
}

/** Returns what is different in two texts of a source. */
export function differenceOf(before: string, after: string): Difference {
  const [one, other] = [unitsOf(before), unitsOf(after)];
  const differing = (key: 'functions' | 'values' | 'imports'): string[] =>
    [...new Set([...one[key].keys(), ...other[key].keys()])].filter(
      (name) => one[key].get(name) !== other[key].get(name),
    );
  return {
    functions: new Set(differing('functions')),
    values: new Set([...differing('values'), ...differing('imports')]),
    effects: one.effects.join('\n') !== other.effects.join('\n'),
  };
}
