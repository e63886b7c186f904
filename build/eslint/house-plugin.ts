import type { Rule } from 'eslint';
import { dirname, relative, resolve, sep } from 'node:path';
import { findViolation } from './layers.ts';

const root = resolve(import.meta.dirname, '..', '..');

/** Reports every import that the house's table of layers and homes does not allow. */
const layers: Rule.RuleModule = {
  meta: { type: 'problem', schema: [], messages: { forbidden: '{{reason}}' } },
  create(context) {
    const file = toSlashes(relative(root, context.filename));
    const check = (node: unknown, source: unknown) => {
      if (typeof source !== 'string') return;
      const reason = findViolation(file, targetOf(context.filename, source));
      if (reason) context.report({ node: node as Rule.Node, messageId: 'forbidden', data: { reason } });
    };
    const checkSource = (node: WithSource) => check(node, node.source?.value);
    return {
      ImportDeclaration: checkSource,
      ExportNamedDeclaration: checkSource,
      ExportAllDeclaration: checkSource,
      ImportExpression: checkSource,
      // `import('x').Type`
      TSImportType: checkSource,
      'CallExpression[callee.name="require"]': (node: WithArguments) => check(node, node.arguments[0]?.value),
      'CallExpression[callee.object.name="vi"]': (node: WithArguments) =>
        check(node, node.arguments[0]?.value),
    } as Rule.RuleListener;
  },
};

interface WithSource {
  source?: { value?: unknown } | null;
}

interface WithArguments {
  arguments: { value?: unknown }[];
}

function targetOf(importer: string, source: string): { path: string } | { package: string } {
  if (source.startsWith('.')) return { path: toSlashes(relative(root, resolve(dirname(importer), source))) };
  const [first = '', second = ''] = source.replace(/^node:/, '').split('/');
  return { package: first.startsWith('@') ? `${first}/${second}` : first };
}

function toSlashes(path: string): string {
  return path.split(sep).join('/');
}

export const housePlugin = { rules: { layers } };
