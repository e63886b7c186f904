import { copy } from '../../../../copy.ts';
import { Labelled, PickPath, TextField } from '../labelled.tsx';
import type { AddressValues } from './host-values.ts';

const text = copy.wizard.where.form;

const words = {
  own: {
    host: text.host,
    port: text.port,
    user: text.user,
    auth: text.auth,
    keyPath: text.keyPath,
    passphrase: text.passphrase,
    password: text.password,
  },
  jump: {
    host: text.jumpHost,
    port: text.jumpPort,
    user: text.jumpUser,
    auth: text.jumpAuth,
    keyPath: text.jumpKeyPath,
    passphrase: text.jumpPassphrase,
    password: text.jumpPassword,
  },
};

interface AddressFieldsProps {
  address: AddressValues;
  errors: Partial<Record<string, string>>;
  isJump?: boolean;
  /** Whether one is kept. */
  hasSecret: boolean;
  onChange(part: Partial<AddressValues>): void;
}

/** Where a machine is and how one signs in there. */
export function AddressFields({ address, errors, isJump = false, hasSecret, onChange }: AddressFieldsProps) {
  const labels = isJump ? words.jump : words.own;
  const errorOf = (field: string) => errors[isJump ? `jump.${field}` : field];
  const field = (name: 'host' | 'port' | 'user' | 'keyPath') => (
    <TextField
      label={labels[name]}
      error={errorOf(name)}
      mono
      inputMode={name === 'port' ? 'numeric' : undefined}
      value={address[name]}
      onChange={(value) => onChange({ [name]: value })}
    />
  );
  return (
    <div className="grid gap-4 min-[760px]:grid-cols-[minmax(0,2fr)_minmax(0,1fr)_minmax(0,2fr)]">
      {field('host')}
      {field('port')}
      {field('user')}
      <Labelled label={labels.auth}>
        {(props) => (
          <select
            {...props}
            className="input"
            value={address.auth}
            onChange={(event) => {
              const auth = auths.find((one) => one === event.target.value);
              if (auth) onChange({ auth });
            }}
          >
            {auths.map((auth) => (
              <option key={auth} value={auth}>
                {text.auths[auth]}
              </option>
            ))}
          </select>
        )}
      </Labelled>
      {address.auth === 'key' && (
        <div className="col-span-2 grid content-start gap-2">
          {field('keyPath')}
          <PickPath
            kind="file"
            title={copy.wizard.data.chooseFile}
            onPick={(keyPath) => onChange({ keyPath })}
          />
        </div>
      )}
      {address.auth !== 'agent' && (
        <TextField
          label={address.auth === 'key' ? labels.passphrase : labels.password}
          note={hasSecret ? text.kept : text.notKept}
          type="password"
          value={address.secret}
          onChange={(secret) => onChange({ secret })}
        />
      )}
    </div>
  );
}

const auths = ['agent', 'key', 'password'] as const;
