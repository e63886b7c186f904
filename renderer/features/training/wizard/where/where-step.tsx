import { copy } from '../../../../copy.ts';
import { ChoiceCard, ChoiceGroup } from '../choice-card.tsx';
import type { Wizard } from '../use-wizard.ts';
import { ColabPlace } from './colab-place.tsx';
import { EnvironmentOffer } from './environment-offer.tsx';
import { LocalPlace } from './local-place.tsx';
import { SshPlace } from './ssh-place.tsx';

const text = copy.wizard.where;

const places = [
  { place: 'local', title: text.local, about: text.localAbout },
  { place: 'ssh', title: text.ssh, about: text.sshAbout },
  { place: 'colab', title: text.colab, about: text.colabAbout },
] as const;

/** The machine that trains, and whether it can. */
export function WhereStep({ wizard }: { wizard: Wizard }) {
  const { form, change, facts } = wizard;
  return (
    <>
      <ChoiceGroup label={text.place} columns={240}>
        {places.map(({ place, title, about }) => (
          <ChoiceCard
            key={place}
            group="place"
            title={title}
            about={about}
            checked={form.place === place}
            onChoose={() => change({ place })}
          />
        ))}
      </ChoiceGroup>
      {form.place === 'local' && <LocalPlace wizard={wizard} />}
      {form.place === 'ssh' && <SshPlace wizard={wizard} />}
      {form.place === 'colab' && <ColabPlace wizard={wizard} />}
      {form.place !== 'local' && form.python.trim() === '' && (
        <EnvironmentOffer isElsewhere isReady={facts.known.machine?.environmentReady} />
      )}
    </>
  );
}
