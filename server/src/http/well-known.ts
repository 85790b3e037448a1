import { Hono } from 'hono';
import type { AppEnv } from './context.ts';

/** Well-known addresses. */
export function wellKnown(): Hono<AppEnv> {
  const app = new Hono<AppEnv>();
  app.get('/.well-known/change-password', (c) => c.redirect('/account/password', 303));
  // Where password managers lead people to make and to manage passkeys (W3C passkey endpoints).
  app.get('/.well-known/passkey-endpoints', (c) => {
    const manage = `${c.get('visit').tenant.origin}/account`;
    return c.json({ enroll: manage, manage });
  });
  // Origins beside the one whose name the passkeys bear (WebAuthn L3 §5.11); only those that are configured.
  app.get('/.well-known/webauthn', (c) => c.json({ origins: c.get('visit').tenant.origins }));
  return app;
}
