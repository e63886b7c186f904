import { Component, type ReactNode } from 'react';
import { Button } from '../components/button.tsx';
import { Notice } from '../components/notice.tsx';
import { copy } from '../copy.ts';

interface Props {
  children: ReactNode;
}

/** Keeps the rest of the window alive when one part throws while drawing. */
export class ErrorBoundary extends Component<Props, { error?: Error }> {
  override state: { error?: Error } = {};

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override render(): ReactNode {
    if (!this.state.error) return this.props.children;
    return (
      <div className="page text-page">
        <Notice
          tone="error"
          title={copy.app.crashed}
          message={this.state.error.message}
          hint={copy.app.crashedHint}
          actions={<Button onClick={() => window.location.reload()}>{copy.app.reload}</Button>}
        />
      </div>
    );
  }
}
