import { copy } from '../../copy.ts';

/** What the page cannot do yet, and how it is done meanwhile. */
export function NotYet() {
  return (
    <section className="card" aria-label={copy.models.notYet}>
      <div className="card-head">
        <h2>{copy.models.notYet}</h2>
      </div>
      <div className="card-body grid gap-[8px]">
        <p>{copy.models.notYetHint}</p>
        <p className="muted">{copy.models.quantizeHint}</p>
        <pre className="scroll m-0 rounded-m bg-surface-2 px-[12px] py-[8px] text-s" tabIndex={0}>
          sqlcodegen models quantize MODEL.gguf --type Q8_0,Q4_K_M
        </pre>
      </div>
    </section>
  );
}
