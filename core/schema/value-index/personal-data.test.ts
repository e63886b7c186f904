import { describe, expect, test } from 'vitest';
import { personalByName, personalByValues } from './personal-data.ts';

describe('columns that look personal by name', () => {
  test.each([
    ['customer', 'email', 'e-mail address'],
    ['customer', 'E-Mail', 'e-mail address'],
    ['customer', 'phone_home', 'phone number'],
    ['customer', 'mobile', 'phone number'],
    ['customer', 'addressLine1', 'postal address'],
    ['customer', 'street', 'postal address'],
    ['customer', 'zip_code', 'postal address'],
    ['person', 'date_of_birth', 'date of birth'],
    ['account', 'password_hash', 'secret'],
    ['account', 'api_key', 'secret'],
    ['account', 'sessionToken', 'secret'],
    ['employee', 'ssn', 'identity number'],
    ['employee', 'passport_no', 'identity number'],
    ['payment', 'iban', 'bank or card number'],
    ['payment', 'card_number', 'bank or card number'],
    ['login', 'ip_address', 'network address'],
    ['employee', 'first_name', 'name of a person'],
    ['employee', 'lastName', 'name of a person'],
    ['employees', 'name', 'name of a person'],
    ['order', 'customer_name', 'name of a person'],
    ['visit', 'notes', 'free text about people'],
  ])('%s.%s: %s', (table, column, kind) => {
    expect(personalByName(table, column)).toBe(kind);
  });

  test.each([
    ['product', 'name'],
    ['product', 'category'],
    ['city', 'name'],
    ['order', 'status'],
    ['customer', 'city'],
    ['customer', 'country'],
    ['department', 'department_name'],
    ['shipment', 'carrier'],
    ['member', 'membership_level'],
  ])('not %s.%s', (table, column) => {
    expect(personalByName(table, column)).toBeUndefined();
  });
});

describe('columns that look personal by their values', () => {
  test.each([
    ['e-mail address', ['a.b@example.com', 'c@example.org', 'none']],
    ['phone number', ['+49 30 901820', '(555) 123-4567', '555-987-6543']],
    ['bank or card number', ['DE89 3704 0044 0532 0130 00', 'GB82 WEST 1234 5698 7654 32']],
    ['bank or card number', ['4111 1111 1111 1111', '5500-0000-0000-0004']],
    ['identity number', ['123-45-6789', '987-65-4321']],
    ['network address', ['192.168.0.1', '10.0.0.7']],
    ['secret', ['5f4dcc3b5aa765d61d8327deb882cf99', '$2b$12$abcdefghijklmnopqrstuv']],
    ['postal address', ['12 Main Street', '7 Old Mill Road', 'Hauptstraße 5']],
    ['name of a person', ['Anna Schmidt', 'Miller, Robert', 'Yuki Tanaka', 'Xyz Abc', 'Qwe Rty']],
    ['name of a person', ['Maria', 'John', 'Pjotr']],
  ])('%s', (kind, values) => {
    expect(personalByValues(values)).toBe(kind);
  });

  test.each([
    [['New York', 'Berlin', 'Rome', 'San Francisco']],
    [['shipped', 'open', 'cancelled']],
    [['2024-01-05', '2023-12-31', '5/8/2015']],
    [['12345', '8713649', '99']],
    [['Espresso', 'Coffee', 'Green Tea']],
    [['4111 1111 1111 1112', '1234567890123']],
    [[]],
  ])('not %j', (values) => {
    expect(personalByValues(values)).toBeUndefined();
  });
});
