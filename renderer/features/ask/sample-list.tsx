import { MessageCircleQuestion } from 'lucide-react';
import type { DemoQuestion } from '../../../core/contract/index.ts';
import { copy } from '../../copy.ts';

interface SampleListProps {
  samples: DemoQuestion[];
  disabled: boolean;
  onPick(question: string): void;
}

/** What to ask first: shown until there is a statement. */
export function SampleList({ samples, disabled, onPick }: SampleListProps) {
  return (
    <section className="card result-card" aria-label={copy.ask.samplesTitle}>
      <h2 className="sample-title">{copy.ask.samplesTitle}</h2>
      <ul className="sample-list samples-scroll scroll">
        {samples.map((sample) => (
          <li key={sample.id}>
            <button
              type="button"
              className="sample"
              disabled={disabled}
              onClick={() => onPick(sample.question)}
            >
              <MessageCircleQuestion aria-hidden size={16} />
              <span className="grow">{sample.question}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
