/**
 * The functions of a source, by the names that V8 gives them, and which of them a change touches.
 *
 * A function within another one counts as a part of it. Functions without a name belong to the text around them.
 */

import ts from 'typescript';

/** The functions of a source text, and the rest of it. */
export interface Units {
  /** Texts by name, without comments; functions of one name are one. */
  readonly functions: ReadonlyMap<string, string>;
  /** What is outside functions, without comments, imports and types. */
  readonly rest: string;
  /** The module of each imported name. */
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

/** Returns the module of each name that a source imports; types do not count. */
function importsIn(source: ts.SourceFile): Map<string, string> {
  const modules = new Map<string, string>();
  for (const statement of source.statements) {
    if (!ts.isImportDeclaration(statement)) continue;
    const module = statement.moduleSpecifier.getText(source);
    const { importClause } = statement;
    if (importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword) continue;
    const bindings = importClause?.namedBindings;
    const elements = bindings && ts.isNamedImports(bindings) ? bindings.elements : [];
    for (const element of elements.filter(({ isTypeOnly }) => !isTypeOnly))
      modules.set(element.name.text, `${module} ${(element.propertyName ?? element.name).text}`);
    if (bindings && ts.isNamespaceImport(bindings)) modules.set(bindings.name.text, module);
    if (importClause?.name) modules.set(importClause.name.text, module);
  }
  return modules;
}

const printer = ts.createPrinter({ removeComments: true });

/** Returns the functions of a source text, and the rest of it. */
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
  const isType = (node: ts.Node): boolean =>
    (ts.isImportDeclaration(node) && node.importClause !== undefined) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node);
  const rest = source.statements
    .filter((statement) => !isType(statement))
    .map((statement) => printer.printNode(ts.EmitHint.Unspecified, without(statement), source));
  return { functions, rest: rest.join('\n'), imports: importsIn(source) };
}

/** Returns the names of functions that two texts of a source have in other words; undefined if more is different. */
export function changedFunctions(before: string, after: string): ReadonlySet<string> | undefined {
  const [one, other] = [unitsOf(before), unitsOf(after)];
  const isMoved = [...one.imports].some(([name, module]) => (other.imports.get(name) ?? module) !== module);
  if (one.rest !== other.rest || isMoved) return undefined;
  return new Set([...one.functions.keys()].filter((name) => one.functions.get(name) !== other.functions.get(name)));
}
