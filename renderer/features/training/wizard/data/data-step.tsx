import { Plus } from 'lucide-react';
import type { SourceInfo } from '../../../../../core/contract/index.ts';
import { Button } from '../../../../components/button.tsx';
import { Notice } from '../../../../components/notice.tsx';
import { copy } from '../../../../copy.ts';
import { hrefOf } from '../../../../lib/navigation.ts';
import { keyOf, typeSource, type TypedSource } from '../form.ts';
import { TextField, PickPath } from '../labelled.tsx';
import { isShare } from '../resolve.ts';
import type { Wizard } from '../use-wizard.ts';
import { FileRow } from './file-row.tsx';
import { shareOf } from './share-of.ts';
import { SourceRow } from './source-row.tsx';
import { WhatIsLearned } from './what-is-learned.tsx';

const text = copy.wizard.data;

/** What it is trained on, and what is held back from it. */
export function DataStep({ wizard }: { wizard: Wizard }) {
  const { resolved, change, facts } = wizard;
  const infos = facts.known.sources ?? [];
  const { sources } = resolved;
  const set = (changed: TypedSource[]) => change({ sources: changed });
  const update = (source: TypedSource) =>
    set(sources.map((one) => (keyOf(one) === keyOf(source) ? source : one)));
  const gone = sources.filter(
    (source) => source.kind !== 'file' && !infos.some((info) => keyOf(info.source) === keyOf(source)),
  );
  return (
    <>
      <section aria-label={text.sources} className="grid gap-3">
        <h3 className="text-s font-semibold">{text.sources}</h3>
        <ul className="grid gap-2">
          {infos.map((info) => (
            <SourceRow
              key={keyOf(info.source)}
              info={info}
              chosen={sources.find((source) => keyOf(source) === keyOf(info.source))}
              share={shareOf(info.source, sources, infos)}
              onToggle={(isChosen) => set(toggle(sources, info, isChosen))}
              onWeight={(weight) => update({ ...typeSource(info.source), weight })}
            />
          ))}
          {gone.map((source) => (
            <GoneRow
              key={keyOf(source)}
              source={source}
              onRemove={() => set(sources.filter((one) => one !== source))}
            />
          ))}
        </ul>
        {facts.sources.isSuccess && (
          <SmallDataPaths
            infos={infos}
            sources={sources}
            onAdd={(info) => set(toggle(sources, info, true))}
          />
        )}
      </section>
      <section aria-label={text.files} className="grid gap-2">
        <h3 className="text-s font-semibold">{text.files}</h3>
        <p className="text-s text-text-2">{text.filesHint}</p>
        {sources
          .filter((source) => source.kind === 'file')
          .map((file, index) => (
            <FileRow
              key={file.id}
              file={file}
              index={index + 1}
              onChange={update}
              onRemove={() => set(sources.filter((one) => keyOf(one) !== keyOf(file)))}
            />
          ))}
        <div>
          <Button
            small
            icon={Plus}
            onClick={() =>
              set([...sources, { kind: 'file', id: crypto.randomUUID(), path: '', weight: '1' }])
            }
          >
            {text.addFile}
          </Button>
        </div>
      </section>
      <Validation wizard={wizard} />
      {sources.length > 0 && <WhatIsLearned wizard={wizard} />}
    </>
  );
}

function toggle(sources: readonly TypedSource[], info: SourceInfo, isChosen: boolean): TypedSource[] {
  const others = sources.filter((source) => keyOf(source) !== keyOf(info.source));
  return isChosen ? [...others, typeSource(info.source)] : others;
}

function GoneRow({ source, onRemove }: { source: TypedSource; onRemove(): void }) {
  const name = source.kind === 'verified' ? source.connectionId : source.kind;
  return (
    <li className="flex flex-wrap items-center gap-3 rounded-m border border-border p-3">
      <span className="grow">
        <span className="font-semibold">{name}</span> <span className="text-s text-warning">{text.gone}</span>
      </span>
      <Button small onClick={onRemove} aria-label={text.takeOut(name)}>
        {copy.common.remove}
      </Button>
    </li>
  );
}

interface PathsProps {
  infos: readonly SourceInfo[];
  sources: readonly TypedSource[];
  onAdd(info: SourceInfo): void;
}

/** Where there is little or nothing: the way to more. */
function SmallDataPaths({ infos, sources, onAdd }: PathsProps) {
  const isUsable = (kind: string) => (info: SourceInfo) =>
    info.source.kind === kind && !info.missing && info.examples > 0;
  const spider = infos.find(isUsable('spider'));
  const own = infos.find(isUsable('verified'));
  const onlyOwn = sources.length > 0 && sources.every(({ kind }) => kind === 'verified');
  return (
    <>
      {!infos.some(({ source }) => source.kind === 'spider') && (
        <Notice
          tone="info"
          title={text.noneSpider}
          actions={<a href={hrefOf('dataset', 'pipeline')}>{text.toDataset}</a>}
        />
      )}
      {!own && (
        <Notice
          tone="info"
          title={text.noneVerified}
          hint={text.noneVerifiedHint}
          actions={<a href={hrefOf('ask')}>{text.toAsk}</a>}
        />
      )}
      {spider && onlyOwn && (
        <div className="flex flex-wrap items-center gap-3 text-s text-text-2">
          <span>{text.onlyOwn}</span>
          <Button small onClick={() => onAdd(spider)}>
            {text.addSpider}
          </Button>
        </div>
      )}
    </>
  );
}

function Validation({ wizard: { form, change } }: { wizard: Wizard }) {
  const { validationShare, validationPath } = form;
  return (
    <section aria-label={text.validationTitle} className="grid gap-2">
      <h3 className="text-s font-semibold">{text.validationTitle}</h3>
      <p className="text-s text-text-2">{text.validationAbout}</p>
      <div className="grid gap-4 min-[760px]:grid-cols-[200px_minmax(0,1fr)]">
        <TextField
          label={text.validationShare}
          note={text.validationShareHint}
          error={isShare(validationShare) ? undefined : copy.wizard.problems.badShare}
          inputMode="decimal"
          disabled={validationPath.trim() !== ''}
          value={validationShare}
          onChange={(share) => change({ validationShare: share })}
        />
        <div className="grid content-start gap-2">
          <TextField
            label={text.validationPath}
            note={text.validationPathHint}
            mono
            value={validationPath}
            onChange={(path) => change({ validationPath: path })}
          />
          <PickPath kind="file" title={text.chooseFile} onPick={(path) => change({ validationPath: path })} />
        </div>
      </div>
    </section>
  );
}
