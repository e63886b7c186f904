import { sql, SQLite } from '@codemirror/lang-sql';
import { diff, MergeView, unifiedMergeView, type DiffConfig } from '@codemirror/merge';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { useEffect, useRef } from 'react';
import { postgres } from '../sql-editor/dialect.ts';
import { editorLook } from '../sql-editor/theme.ts';

interface SqlDiffProps {
  before: string;
  after: string;
  beforeLabel: string;
  afterLabel: string;
  /** Defaults to PostgreSQL's on both sides. */
  beforeDialect?: 'sqlite' | 'postgres';
  isUnified: boolean;
  /** Capital and small letters are the same. */
  ignoresCase: boolean;
}

const look = EditorView.theme({
  '&': { fontSize: '13px' },
  '.cm-content': { padding: '8px 0' },
  '.cm-line': { padding: '0 12px' },
  // What was taken away stands under what is there.
  '.cm-deletedChunk': { paddingLeft: '12px' },
  '&.cm-focused': { outline: '2px solid var(--accent)', outlineOffset: '-2px' },
});

/** Two statements with what differs marked, in one column or in two. For reading only; to be loaded when it is shown. */
export function SqlDiff(props: SqlDiffProps) {
  const {
    before,
    after,
    beforeLabel,
    afterLabel,
    beforeDialect = 'postgres',
    isUnified,
    ignoresCase,
  } = props;
  const hostRef = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const parent = hostRef.current;
    if (!parent) return;
    const diffConfig: DiffConfig = ignoresCase
      ? { override: (a, b) => diff(a.toLowerCase(), b.toLowerCase(), { scanLimit: 500 }) }
      : { scanLimit: 500 };
    const dialect = sql({ dialect: beforeDialect === 'sqlite' ? SQLite : postgres });
    if (isUnified) {
      const unified = unifiedMergeView({ original: before, mergeControls: false, gutter: false, diffConfig });
      const view = new EditorView({
        parent,
        state: EditorState.create({
          doc: after,
          extensions: [readOnly(afterLabel), sql({ dialect: postgres }), unified],
        }),
      });
      return () => view.destroy();
    }
    const view = new MergeView({
      parent,
      diffConfig,
      gutter: false,
      a: { doc: before, extensions: [readOnly(beforeLabel), dialect] },
      b: { doc: after, extensions: [readOnly(afterLabel), sql({ dialect: postgres })] },
    });
    return () => view.destroy();
  }, [before, after, beforeLabel, afterLabel, beforeDialect, isUnified, ignoresCase]);
  return <div className="sql-diff scroll" ref={hostRef} />;
}

function readOnly(label: string): Extension {
  return [
    EditorState.readOnly.of(true),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true' }),
    look,
    editorLook,
  ];
}
