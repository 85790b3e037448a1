import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOwnWords } from './own-words.ts';

const own = ['Secondlock', 'ann.smith@mail.example.org', 'Ann Smith', 'Łukasz'];

const made = [
  'secondlock',
  'SecondLock',
  'secondlocksecondlock',
  'secondlock secondlock secondlock',
  '!!Second-Lock_2024!!',
  'ann.smith@mail.example.org',
  'ANN.SMITH@MAIL.EXAMPLE.ORG1',
  'annsmith1984',
  'smithannsecondlock',
  'example.org.example.org',
  'ŁUKASZłukasz',
  '1secondlock2secondlock3',
];
const free = [
  'my secondlock is at the river',
  'correct horse battery staple',
  'smithereens of glass',
  '1234567890123456',
  'secondlock84629105738219',
  '',
  '!!!',
  'xsecondlock',
];

for (const password of made) test(`PW-08 made of own words: ${password}`, () => assert.ok(isOwnWords(password, own)));
for (const password of free)
  test(`PW-08 not made of own words: ${password}`, () => assert.ok(!isOwnWords(password, own)));

test('no own words, nothing is made of them; two letters are no word', () => {
  assert.equal(isOwnWords('secondlock', []), false);
  assert.equal(isOwnWords('abababab', ['ab', '', '@']), false);
});
