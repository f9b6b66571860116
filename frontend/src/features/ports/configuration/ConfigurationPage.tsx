import { Page } from "@/ui/Page";

export default function ConfigurationPage() {
  return <Page title="Configuration">…</Page>;
}
