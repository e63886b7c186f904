import { userInfo } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { AppError } from '../contract/index.ts';
import { formatConnectionUrl, parseConnectionUrl } from './connection-url.ts';

const me = process.env['PGUSER'] ?? userInfo().username;

describe('parseConnectionUrl', () => {
  it.each([
    [
      'postgresql://ann:pw@db.example.com:5433/shop?sslmode=require',
      'db.example.com',
      5433,
      'shop',
      'ann',
      'require',
      'pw',
    ],
    ['postgres://ann@localhost/shop', 'localhost', 5432, 'shop', 'ann', 'prefer', undefined],
    ['postgresql://', 'localhost', 5432, me, me, 'prefer', undefined],
    ['postgresql://ann@', 'localhost', 5432, 'ann', 'ann', 'prefer', undefined],
    [
      'postgresql:///shop?host=/run/pg&port=6000&user=bob',
      '/run/pg',
      6000,
      'shop',
      'bob',
      'prefer',
      undefined,
    ],
    ['postgresql://bob@/shop?host=/run/pg', '/run/pg', 5432, 'shop', 'bob', 'prefer', undefined],
    ['postgresql://a%40b:p%2Fw%3A%23@h/d%20b?sslmode=allow', 'h', 5432, 'd b', 'a@b', 'prefer', 'p/w:#'],
    ['postgresql://u:pa,ss@h/d', 'h', 5432, 'd', 'u', 'prefer', 'pa,ss'],
    ['postgresql://u@[::1]:5433/d?sslmode=disable', '::1', 5433, 'd', 'u', 'disable', undefined],
    ['  postgres://u:p@h/d?application_name=x&connect_timeout=3  ', 'h', 5432, 'd', 'u', 'prefer', 'p'],
  ])('%s', (url, host, port, database, user, sslMode, password) => {
    expect(parseConnectionUrl(url)).toEqual({ params: { host, port, database, user, sslMode }, password });
  });

  it('reads the root certificate', () => {
    const { params } = parseConnectionUrl('postgres://u@h/d?sslmode=verify-full&sslrootcert=/etc/ca.pem');
    expect(params).toMatchObject({ sslMode: 'verify-full', sslRootCert: '/etc/ca.pem' });
  });

  it.each([
    ['mysql://u@h/d', 'does not begin with'],
    ['postgresql://u:secret@h:99999/d', 'cannot be read'],
    ['postgresql://u:secret@h/d?port=x', 'port'],
    ['postgresql://u:secret@h/d?sslmode=maybe', 'sslmode "maybe"'],
    ['postgresql://u:secret@h/d?sslcert=/me.pem&sslkey=/me.key', 'parameter "sslcert" is not supported'],
    ['postgresql://u:secret@h/d?sslmode=require&options=-csearch_path%3Dx', 'parameter "options"'],
    ['postgresql://u:secret@h1,h2/d', 'several hosts'],
    ['postgresql://u:%secret@h/d', 'percent'],
    ['postgresql://u:sec#ret@h/d', ''],
  ])('%s is refused without repeating the password', (url, message) => {
    let error: AppError | undefined;
    try {
      parseConnectionUrl(url);
    } catch (thrown) {
      error = thrown as AppError;
    }
    expect(error?.code).toBe('INVALID_INPUT');
    expect(error?.message).toContain(message);
    expect(error?.hint).toBeTruthy();
    expect(`${error?.message} ${error?.hint}`).not.toContain('secret');
  });
});

describe('formatConnectionUrl', () => {
  it.each([
    { host: 'h', port: 5432, database: 'd', user: 'u', sslMode: 'prefer' },
    { host: '::1', port: 5433, database: 'ä/b?c#d', user: 'a@b:c', sslMode: 'disable' },
    { host: '/run/pg', port: 6000, database: 'd', user: 'u', sslMode: 'require' },
    {
      host: '127.0.0.1',
      port: 1,
      database: 'd',
      user: 'u',
      sslMode: 'verify-ca',
      sslRootCert: '/a b/ca.pem',
    },
  ] as const)('$host comes back as it was', (params) => {
    expect(parseConnectionUrl(formatConnectionUrl(params, 'p@/:?#%,w'))).toEqual({
      params,
      password: 'p@/:?#%,w',
    });
    expect(parseConnectionUrl(formatConnectionUrl(params))).toEqual({ params });
  });
});
