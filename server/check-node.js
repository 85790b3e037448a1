/*
 * Refuses a Node that is older than package.json asks for, and says what to do. Old words on purpose: this file must
 * still be read by the Node that it turns away.
 */
import { readFileSync } from 'node:fs';

var wanted = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).engines.node;
var least = wanted
  .replace(/^[^0-9]*/, '')
  .split('.')
  .map(Number);
var here = process.versions.node.split('.').map(Number);
var older = here[0] < least[0] || (here[0] === least[0] && here[1] < (least[1] || 0));

if (older) {
  console.error(
    'Secondlock needs Node ' +
      wanted.replace('>=', '') +
      ' or later; this is ' +
      process.versions.node +
      '.\n' +
      'On Linux and Windows `npm ci` brings it: run `npm ci`, then `npm start`.\n' +
      'On macOS install Node 24, from https://nodejs.org or with `brew install node@24`.',
  );
  process.exit(1);
}
