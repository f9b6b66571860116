import { Page } from "@/ui/Page";

export default function ConflictsPage() {
  return <Page title="Conflicts">…</Page>;
}
