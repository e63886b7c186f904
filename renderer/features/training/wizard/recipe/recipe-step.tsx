import { trainingRecipeSchema, type TrainingMethod } from '../../../../../core/contract/index.ts';
import { Notice } from '../../../../components/notice.tsx';
import { Tag } from '../../../../components/tag.tsx';
import { copy } from '../../../../copy.ts';
import { ChoiceCard, ChoiceGroup } from '../choice-card.tsx';
import type { Wizard } from '../use-wizard.ts';
import { ValueFields } from './value-fields.tsx';

const text = copy.wizard.recipe;

/** How it learns: the method, a preset, and what differs from it. */
export function RecipeStep({ wizard }: { wizard: Wizard }) {
  const { change, resolved, form } = wizard;
  const { method, methods, preset, presets, changes } = resolved;
  if (!method || !preset) return <Notice tone="warning" title={text.noMethod} hint={text.noMethodHint} />;
  const count = Object.keys(changes.values).length;
  return (
    <>
      <section aria-label={text.method} className="grid gap-2">
        <h3 className="text-s font-semibold">{text.method}</h3>
        <ChoiceGroup label={text.method}>
          {methods.map((one) => (
            <ChoiceCard
              key={one}
              group="method"
              title={text.methods[one].name}
              about={text.methods[one].about}
              checked={one === method}
              onChoose={() => change({ method: one })}
            >
              {lacksGpu(wizard, one) && <span className="text-xs text-warning">{text.needsGpu}</span>}
            </ChoiceCard>
          ))}
        </ChoiceGroup>
      </section>
      <section aria-label={text.preset} className="grid gap-2">
        <h3 className="text-s font-semibold">{text.preset}</h3>
        <ChoiceGroup label={text.preset}>
          {presets.map((one) => (
            <ChoiceCard
              key={one.id}
              group="preset"
              title={one.title}
              about={one.explanation}
              checked={one === preset}
              onChoose={() => change({ preset: one.id })}
              marks={one === preset && count > 0 && <Tag tone="accent">{text.changed(count)}</Tag>}
            />
          ))}
        </ChoiceGroup>
      </section>
      <ValueFields form={form} change={change} method={method} preset={preset} changes={changes} />
      <Quantize wizard={wizard} />
    </>
  );
}

function lacksGpu({ form, facts }: Wizard, method: TrainingMethod): boolean {
  return method === 'qlora' && form.place === 'local' && facts.known.machine?.gpus.length === 0;
}

const types = trainingRecipeSchema.shape.quantize.unwrap().element.options;

function Quantize({ wizard: { form, change } }: { wizard: Wizard }) {
  return (
    <fieldset className="m-0 grid gap-2 border-0 p-0">
      <legend className="mb-1 p-0 text-s font-semibold">{text.quantize}</legend>
      <p className="text-s text-text-2">{text.quantizeHint}</p>
      <div className="flex flex-wrap gap-x-5 gap-y-2">
        {types.map((type) => (
          <label key={type} className="flex items-center gap-2 text-s">
            <input
              type="checkbox"
              className="m-0 accent-accent"
              checked={form.quantize.includes(type)}
              onChange={(event) =>
                change({
                  quantize: types.filter((one) =>
                    one === type ? event.target.checked : form.quantize.includes(one),
                  ),
                })
              }
            />
            <span className="font-mono">{type}</span>
            <span className="text-text-2">{text.quantizeAbout[type]}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
