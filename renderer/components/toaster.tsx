import { createContext, use, useCallback, useEffect, useState, type ReactNode } from 'react';

const ToastContext = createContext<(text: string) => void>(() => undefined);

const shownMs = 2_500;

/** Shows and announces one short sentence at a time. */
export function Toaster({ children }: { children: ReactNode }) {
  const [toast, setToast] = useState({ text: '', count: 0 });
  const show = useCallback((text: string) => setToast(({ count }) => ({ text, count: count + 1 })), []);
  useEffect(() => {
    if (!toast.text) return;
    const timer = setTimeout(() => setToast(({ count }) => ({ text: '', count })), shownMs);
    return () => clearTimeout(timer);
  }, [toast]);
  return (
    <ToastContext value={show}>
      {children}
      <div className="toast" role="status">
        {toast.text}
      </div>
    </ToastContext>
  );
}

export function useToast(): (text: string) => void {
  return use(ToastContext);
}
