import { FileButton, PasswordInput, SegmentedControl, Textarea, TextInput, UnstyledButton } from "@mantine/core";
import type { GetInputPropsReturnType } from "@mantine/form";
import type { CredentialType } from "@/api/credentials";
import classes from "./Secret.module.css";
import { keyFault, type SecretForm } from "./secret";

/** Largest key file that is read, in bytes. */
const MAX_KEY_BYTES = 32_768;

type Field = Exclude<keyof SecretForm, "method">;

interface Props {
  type: CredentialType;
  method: SecretForm["method"];
  onMethod: (method: SecretForm["method"]) => void;
  /** What Mantine gives an input of this field. */
  bind: (field: Field) => GetInputPropsReturnType;
  /** Sets the key that was read from a file, or why it is none. */
  onKey: (key: string, fault: string | null) => void;
}

/** The fields of a secret. They are written, never shown again. */
export function SecretFields({ type, method, onMethod, bind, onKey }: Props) {
  if (type === "api_key") {
    return (
      <>
        <PasswordInput label="API key" required autoComplete="off" {...bind("api_key")} />
        <TextInput
          label="Header"
          description="Carries the key; X-API-Key unless another is named."
          placeholder="X-API-Key"
          autoComplete="off"
          {...bind("header")}
        />
      </>
    );
  }
  return (
    <>
      {type === "ssh" && (
        <SegmentedControl
          aria-label="Sign in with"
          data={[
            { value: "private_key", label: "Private key" },
            { value: "password", label: "Password" },
          ]}
          value={method}
          onChange={(value) => onMethod(value as SecretForm["method"])}
        />
      )}
      <TextInput label="User name" required autoComplete="off" spellCheck={false} {...bind("username")} />
      {type === "ssh" && method === "private_key" ? (
        <KeyFields bind={bind} onKey={onKey} />
      ) : (
        <PasswordInput label="Password" required autoComplete="new-password" {...bind("password")} />
      )}
      {type === "ssh" && (
        <PasswordInput
          label="Password for sudo"
          description="For steps that work as another user, if sudo asks for one."
          autoComplete="new-password"
          {...bind("become_password")}
        />
      )}
      {type === "winrm" && (
        <TextInput
          label="Domain"
          description="Empty for a local user."
          placeholder="CORP"
          autoComplete="off"
          spellCheck={false}
          {...bind("domain")}
        />
      )}
    </>
  );
}

function KeyFields({ bind, onKey }: Pick<Props, "bind" | "onKey">) {
  const read = async (file: File | null) => {
    if (!file) return;
    if (file.size > MAX_KEY_BYTES) return onKey("", `${file.name} is too large for a private key`);
    const text = await file.text();
    onKey(text, keyFault(text));
  };
  return (
    <>
      <Textarea
        label="Private key"
        description={
          <>
            In OpenSSH or PEM form: paste it, or{" "}
            <FileButton onChange={(file) => void read(file)} inputProps={{ "aria-label": "File with the private key" }}>
              {(props) => (
                <UnstyledButton {...props} className={classes.file}>
                  choose its file
                </UnstyledButton>
              )}
            </FileButton>
            .
          </>
        }
        required
        rows={6}
        autoComplete="off"
        spellCheck={false}
        placeholder="-----BEGIN OPENSSH PRIVATE KEY-----"
        classNames={{ input: classes.key ?? "" }}
        {...bind("private_key")}
      />
      <PasswordInput
        label="Passphrase"
        description="Only if the key is locked with one."
        autoComplete="new-password"
        {...bind("passphrase")}
      />
    </>
  );
}
