/** What the server wrote into the page about itself. */

interface Service {
  readonly service: string;
  readonly registration: 'open' | 'invited' | 'closed';
  readonly development: boolean;
}

function read(): Partial<Service> {
  try {
    return JSON.parse(document.querySelector<HTMLMetaElement>('meta[name="secondlock"]')?.content || '{}');
  } catch {
    return {};
  }
}

/** The service that this page belongs to. */
export const service: Service = { service: 'Secondlock', registration: 'open', development: false, ...read() };
