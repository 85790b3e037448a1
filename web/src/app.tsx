/** The page of the path one is at, fetched when it is first shown. */
import { Component, type ReactNode, Suspense, useEffect, useState } from 'react';
import { takeFragment } from './fragment.ts';
import { Link, usePath } from './navigation.tsx';
import { pageAt } from './places.ts';
import { t } from './texts.tsx';
import { Button } from './ui/button.tsx';
import { Heading } from './ui/heading.tsx';
import { Shell } from './ui/shell.tsx';

function NotHere(): ReactNode {
  return (
    <Shell locks={0}>
      <div className="step">
        <Heading focus>{t('app.not-here.title')}</Heading>
        <p className="lead">{t('app.not-here.lead')}</p>
        <Link to="/" className="button button-primary">
          {t('app.not-here.go')}
        </Link>
      </div>
    </Shell>
  );
}

function Broken(): ReactNode {
  return (
    <Shell locks={0}>
      <div className="step">
        <Heading focus>{t('app.broken.title')}</Heading>
        <p className="lead">{t('app.broken.lead')}</p>
        <Button look="primary" onClick={() => window.location.reload()}>
          {t('app.broken.go')}
        </Button>
      </div>
    </Shell>
  );
}

/** Says so when a page breaks or cannot be fetched, instead of showing nothing. */
class Guard extends Component<{ readonly children: ReactNode }, { readonly broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError(): { broken: boolean } {
    return { broken: true };
  }

  override render(): ReactNode {
    return this.state.broken ? <Broken /> : this.props.children;
  }
}

/** Counts the links with a secret that were opened in this very tab, which loads no new page by itself. */
function useOpenedLinks(): number {
  const [opened, setOpened] = useState(0);
  useEffect(() => {
    const open = () => {
      if (takeFragment()) setOpened((n) => n + 1);
    };
    window.addEventListener('hashchange', open);
    return () => window.removeEventListener('hashchange', open);
  }, []);
  return opened;
}

export function App(): ReactNode {
  const path = usePath();
  const opened = useOpenedLinks();
  const Page = pageAt(path) ?? NotHere;
  return (
    <Guard key={`${path.split('/')[1]}/${opened}`}>
      <Suspense fallback={null}>
        <Page />
      </Suspense>
    </Guard>
  );
}
