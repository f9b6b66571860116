import { Button, FileButton, Text, Textarea } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { useState } from "react";
import { formatNumber } from "@/ui/format";
import { base64Size, bytesToBase64, textOfBase64, textToBase64 } from "./content";
import classes from "./Editor.module.css";

/** Largest file in bytes; the server takes 1,400,000 characters of base64. */
const MAX_BYTES = 1_050_000;

interface Props {
  value: unknown;
  error: string | undefined;
  onChange: (base64: string) => void;
}

/** What a file will hold: typed as text, or taken from a file. */
export function ContentField({ value, error, onChange }: Props) {
  const [tooLarge, setTooLarge] = useState<string | null>(null);
  const base64 = typeof value === "string" ? value : "";
  const text = textOfBase64(base64);
  const take = async (file: File | null) => {
    if (!file) return;
    setTooLarge(file.size > MAX_BYTES ? `${file.name} is too large: at most ${formatNumber(MAX_BYTES)} bytes` : null);
    if (file.size <= MAX_BYTES) onChange(bytesToBase64(new Uint8Array(await file.arrayBuffer())));
  };
  const size = base64Size(base64);
  return (
    <div className={classes.stack}>
      <Textarea
        label="Content"
        description={text === null ? "This is no text: choose another file, or change it in the YAML" : "As UTF-8 text"}
        required
        autosize
        minRows={3}
        maxRows={20}
        spellCheck={false}
        classNames={{ input: classes.code ?? "" }}
        disabled={text === null}
        value={text ?? ""}
        error={tooLarge ?? error}
        onChange={(event) => onChange(textToBase64(event.currentTarget.value))}
      />
      <div className={classes.line}>
        <FileButton onChange={(file) => void take(file)}>
          {(props) => (
            <Button {...props} size="xs" variant="default" leftSection={<IconUpload size={14} />}>
              Take it from a file
            </Button>
          )}
        </FileButton>
        <Text size="xs" c="dimmed">
          {size === null ? "no base64" : `${formatNumber(size)} bytes`}
        </Text>
      </div>
    </div>
  );
}
