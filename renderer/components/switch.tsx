interface SwitchProps {
  label: string;
  hint: string;
  checked: boolean;
  onChange(checked: boolean): void;
}

export function Switch({ label, hint, checked, onChange }: SwitchProps) {
  return (
    <button
      type="button"
      role="switch"
      className="switch"
      aria-checked={checked}
      title={hint}
      onClick={() => onChange(!checked)}
    >
      <span className="switch-track" aria-hidden />
      {label}
    </button>
  );
}
