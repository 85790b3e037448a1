/** Takes the pairing link as text, where there is no camera to scan it with. */
import { type ReactNode, useState } from 'react';
import { t } from '../../texts.tsx';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Heading } from '../../ui/heading.tsx';

interface PasteStepProps {
  readonly fault: ReactNode;
  readonly onText: (text: string) => void;
  readonly onBack: () => void;
}

export function PasteStep({ fault, onText, onBack }: PasteStepProps): ReactNode {
  const [link, setLink] = useState('');
  return (
    <section className="slab">
      <Heading focus>{t('paste.title')}</Heading>
      <p className="lead">{t('paste.lead')}</p>
      <form
        noValidate
        className="by-hand"
        onSubmit={(event) => {
          event.preventDefault();
          onText(link);
        }}
      >
        <Field
          label={t('paste.link')}
          value={link}
          onValue={setLink}
          type="text"
          inputMode="url"
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          fault={typeof fault === 'string' ? fault : undefined}
        />
        <Button type="submit" look="primary">
          {t('app.continue')}
        </Button>
        <Button look="quiet" onClick={onBack}>
          {t('phone.cancel')}
        </Button>
      </form>
    </section>
  );
}
