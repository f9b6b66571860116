import { TextInput } from "@mantine/core";
import { IconHash } from "@tabler/icons-react";
import { useState } from "react";

/** Goes to a run by its number. The key / leads here. */
export function FindRun({ go }: { go: (id: number) => void }) {
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState(false);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const number = Number(text.replace("#", ""));
        if (text.trim() !== "" && Number.isSafeInteger(number) && number > 0) go(number);
        else setWrong(true);
      }}
    >
      <TextInput
        data-search-box
        aria-label="Go to run number"
        placeholder="Run number"
        leftSection={<IconHash size={15} />}
        value={text}
        error={wrong}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setWrong(false);
        }}
        inputMode="numeric"
        enterKeyHint="go"
        w={150}
      />
    </form>
  );
}
