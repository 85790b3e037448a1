/** Reads server-sent events piece by piece (HTML §9.2.6): of them, what this page needs. */

interface StreamEvent {
  readonly name: string;
  readonly data: string;
}

/** Takes the text as it arrives, and gives the events that are complete. Comments and other fields are passed over. */
export function eventReader(): (text: string) => StreamEvent[] {
  let rest = '';
  let name = '';
  let data: string[] = [];
  const dispatch = (): StreamEvent[] => {
    const done = data.length > 0 || name !== '' ? [{ name: name || 'message', data: data.join('\n') }] : [];
    name = '';
    data = [];
    return done;
  };
  const take = (line: string): StreamEvent[] => {
    if (line === '') return dispatch();
    const [, field = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === 'event') name = value;
    if (field === 'data') data.push(value);
    return [];
  };
  return (text) => {
    // A line may end in the next piece, and so may the second half of its line break.
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    return lines.flatMap(take);
  };
}
