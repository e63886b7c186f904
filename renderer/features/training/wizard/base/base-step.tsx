import type { BaseInfo } from '../../../../../core/contract/index.ts';
import { Tag } from '../../../../components/tag.tsx';
import { copy } from '../../../../copy.ts';
import { ChoiceCard, ChoiceGroup } from '../choice-card.tsx';
import { PickPath, TextField } from '../labelled.tsx';
import { nameOf } from '../resolve.ts';
import type { Wizard } from '../use-wizard.ts';
import { HubModel } from './hub-model.tsx';

const text = copy.wizard.base;

/** The model that learns: one that the app knows, a folder, or any of the hub. */
export function BaseStep({ wizard }: { wizard: Wizard }) {
  const { form, change, facts, resolved } = wizard;
  const isTyped = resolved.base !== undefined && resolved.baseInfo === undefined;
  const typed = isTyped ? resolved.base?.kind : undefined;
  return (
    <>
      <ChoiceGroup label={text.models} columns={340}>
        {(facts.known.bases ?? []).map((info) => (
          <ListedBase
            key={`${info.base.kind} ${nameOf(info.base) ?? ''}`}
            info={info}
            checked={info === resolved.baseInfo}
            onChoose={() => change({ base: info.base.kind, listedBase: nameOf(info.base) })}
          />
        ))}
        <ChoiceCard
          group="base"
          title={text.folder}
          about={text.folderAbout}
          checked={typed === 'folder'}
          onChoose={() => change({ base: 'folder', listedBase: undefined })}
        />
        <ChoiceCard
          group="base"
          title={text.hub}
          about={text.hubAbout}
          checked={typed === 'hub'}
          onChoose={() => change({ base: 'hub', listedBase: undefined })}
        />
      </ChoiceGroup>
      {typed === 'folder' && <FolderFields wizard={wizard} />}
      {typed === 'hub' && (
        <div className="grid gap-4 min-[760px]:grid-cols-2">
          <TextField
            label={text.hubId}
            placeholder={text.hubPlaceholder}
            mono
            value={form.hubId}
            onChange={(hubId) => change({ hubId })}
          />
          <TextField
            label={text.hubRevision}
            note={text.hubRevisionHint}
            mono
            value={form.hubRevision}
            onChange={(hubRevision) => change({ hubRevision })}
          />
        </div>
      )}
      {resolved.base?.kind === 'hub' && !resolved.problems.some(({ step }) => step === 'base') && (
        <HubModel
          key={`${resolved.base.id} ${resolved.base.revision ?? ''}`}
          id={resolved.base.id}
          revision={resolved.base.revision}
          isHere={resolved.baseInfo?.present === true}
          isColab={form.place === 'colab'}
        />
      )}
    </>
  );
}

interface ListedProps {
  info: BaseInfo;
  checked: boolean;
  onChoose(): void;
}

function ListedBase({ info, checked, onChoose }: ListedProps) {
  const { base, parameters, sizeBytes, licence, present, targetForm } = info;
  const isDownload = base.kind === 'hub' && !present;
  const facts = [
    ...(parameters === undefined ? [] : [text.parameters(parameters)]),
    ...(isDownload && sizeBytes !== undefined ? [text.download(sizeBytes)] : []),
    ...(base.kind === 'scratch' ? [] : [licence === undefined ? text.noLicence : text.licence(licence)]),
  ];
  return (
    <ChoiceCard
      group="base"
      title={info.title}
      about={info.explanation}
      checked={checked}
      onChoose={onChoose}
      marks={
        <>
          <Tag>{text.writes[targetForm]}</Tag>
          {isDownload && <Tag tone="warning">{text.toDownload}</Tag>}
          {base.kind === 'hub' && present && <Tag tone="success">{text.present}</Tag>}
        </>
      }
    >
      <span className="text-xs text-text-2">{facts.join(' · ')}</span>
    </ChoiceCard>
  );
}

function FolderFields({ wizard: { form, change } }: { wizard: Wizard }) {
  const isLocal = form.place === 'local';
  return (
    <div className="grid gap-3">
      <TextField
        label={text.folderPath}
        mono
        placeholder="/models/Mistral-7B-v0.1"
        value={form.folderPath}
        onChange={(folderPath) => change({ folderPath })}
      />
      {!form.folderOnTarget && (
        <div>
          <PickPath kind="folder" title={text.chooseFolder} onPick={(folderPath) => change({ folderPath })} />
        </div>
      )}
      <div className="grid gap-1">
        <label className="flex items-center gap-2 text-s font-medium">
          <input
            type="checkbox"
            className="m-0 accent-accent"
            disabled={isLocal}
            checked={form.folderOnTarget && !isLocal}
            onChange={(event) => change({ folderOnTarget: event.target.checked })}
          />
          {text.onTarget}
        </label>
        <p className="field-note">{isLocal ? text.onTargetLocal : text.onTargetHint}</p>
      </div>
    </div>
  );
}
