/** What the server wrote into the page about itself. */

interface PageMeta {
  /** The name of the service that the page belongs to. */
  readonly service: string;
  readonly registration: 'open' | 'invited' | 'closed';
  readonly development: boolean;
}

function read(): Partial<PageMeta> {
  try {
    return JSON.parse(document.querySelector<HTMLMetaElement>('meta[name="secondlock"]')?.content || '{}');
  } catch {
    return {};
  }
}

/** The service that this page belongs to. */
export const pageMeta: PageMeta = { service: 'Secondlock', registration: 'open', development: false, ...read() };
