import {
  AppError,
  type CoreClient,
  type SshHost,
  type trainingSetupContract,
} from '../../core/contract/index.ts';
import {
  fakeBases,
  fakeDoctor,
  fakeEstimate,
  fakeGpuMachine,
  fakeHosts,
  fakeMachine,
  fakeMeasuredEstimate,
  fakePlan,
  fakePresets,
  fakePrices,
  fakeSources,
} from './fake-training-data.ts';

export type TrainingSetup = Pick<CoreClient, keyof typeof trainingSetupContract>;

/** A machine without a GPU, one SSH host, and data to train on; hosts and prices are kept in memory. */
export function createFakeTrainingSetup(): TrainingSetup {
  let prices = fakePrices;
  return {
    'training.recipes': async () => fakePresets,
    'training.sources': async () => fakeSources,
    'training.bases': async () => fakeBases,
    'training.machine': async ({ python }) => ({
      ...fakeMachine,
      ...(python === undefined ? {} : { python: { path: python, version: '3.13.1' } }),
    }),
    'training.prepareEnvironment': async () => ({ jobId: 'environment-1' }),
    ...createFakeHosts(),
    'training.prices': async () => prices,
    'training.setPrices': async (changed) => (prices = changed),
    'training.plan': async ({ draft }) => ({
      ...fakePlan,
      yaml: fakePlan.yaml.replace('ecommerce', draft.name),
    }),
    'training.doctor': async () => fakeDoctor,
    'training.estimate': async ({ measure }) => (measure ? fakeMeasuredEstimate : fakeEstimate),
  };
}

/** `new.example` has a key that nobody has seen, `changed.example` another one than was kept, `down.example` does not answer. */
function createFakeHosts(): Pick<
  TrainingSetup,
  `training.${'hosts' | 'saveHost' | 'removeHost' | 'testHost' | 'trustHost'}`
> {
  let hosts = fakeHosts;
  const trusted = new Set<string>();
  return {
    'training.hosts': async () => hosts,
    'training.saveHost': async ({ id, secret, jump, ...draft }) => {
      const saved: SshHost = {
        ...draft,
        port: draft.port ?? 22,
        folder: draft.folder ?? 'sqlcodegen',
        id: id ?? `host-${hosts.length + 1}`,
        hasSecret: Boolean(secret),
      };
      if (jump) {
        const { secret: jumpSecret, port = 22, ...address } = jump;
        saved.jump = { ...address, port, hasSecret: Boolean(jumpSecret) };
      }
      hosts = [...hosts.filter((one) => one.id !== saved.id), saved];
      return saved;
    },
    'training.removeHost': async ({ id }) => {
      hosts = hosts.filter((one) => one.id !== id);
      return {};
    },
    'training.testHost': async ({ host, port = 22 }) => {
      const fingerprint = 'SHA256:1Zr0bQ6m1nT5u3kq9dYwq2v8m0Xl4sPz7cJ';
      const key = { host, port, keyType: 'ssh-ed25519', fingerprint };
      if (host === 'new.example' && !trusted.has(host)) return { kind: 'unknown-key', ...key };
      if (host === 'changed.example') {
        return {
          kind: 'changed-key',
          ...key,
          expected: 'SHA256:Zk3xq9Qm7y1nT5u3kq9dYwq2v8m0Xl4sPz7cJab',
          message: `${host} shows another key than the one that was agreed to.`,
          hint: 'Ask whoever runs it whether it was installed anew, before you connect.',
        };
      }
      if (host === 'down.example') {
        const error = new AppError('REMOTE_UNREACHABLE', `${host} does not answer on port 22.`, {
          hint: 'Check the name, the port and the network.',
        });
        return { kind: 'failed', error: error.toPayload() };
      }
      return { kind: 'ok', machine: { ...fakeGpuMachine, host }, latencyMs: 12.4 };
    },
    'training.trustHost': async ({ host }) => {
      trusted.add(host);
      return {};
    },
  };
}
