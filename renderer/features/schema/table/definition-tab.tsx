import { Copy } from 'lucide-react';
import { Button } from '../../../components/button.tsx';
import { SqlEditor } from '../../../components/sql-editor/sql-editor.tsx';
import { useToast } from '../../../components/toaster.tsx';
import { copy } from '../../../copy.ts';
import { copyText } from '../../../lib/clipboard.ts';

const text = copy.explorer.table.definition;
const nothing = () => undefined;

export function DefinitionTab({ ddl }: { ddl: string }) {
  const toast = useToast();
  async function copyDdl(): Promise<void> {
    toast((await copyText(ddl)) ? copy.common.copied : copy.common.copyFailed);
  }
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <div className="flex flex-none items-center gap-2 px-4 py-2">
        <span className="text-s text-text-2">{text.note}</span>
        <span className="grow" />
        <Button small icon={Copy} onClick={() => void copyDdl()}>
          {text.copy}
        </Button>
      </div>
      <div className="scroll min-h-0 flex-1">
        <SqlEditor
          value={ddl}
          onChange={nothing}
          onRun={nothing}
          readOnly
          label={text.label}
          placeholderText=""
        />
      </div>
    </div>
  );
}
