import { Radio, Textarea, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { type Credential, type CredentialType, TYPE_WORDS } from "@/api/credentials";
import { tellDone } from "@/ui/feedback";
import { FormDialog } from "@/ui/FormDialog";
import { TYPE_USES, useCredentialActions } from "./api";
import { faultOf, NO_SECRET, type SecretForm, toData } from "./secret";
import classes from "./Secret.module.css";
import { SecretFields } from "./SecretFields";

interface Values {
  name: string;
  description: string;
  credential_type: CredentialType;
  credential_data: SecretForm;
}

const TYPES: readonly CredentialType[] = ["ssh", "winrm", "api_key"];
const nameFault = (name: string) => (name.trim() === "" ? "A name that tells what it opens, such as web-servers" : null);

interface Props {
  onClose: () => void;
  onDone: (credential: Credential) => void;
}

/** A credential to be made. Its secret is sent once and forgotten with the form. */
export function NewCredentialDialog({ onClose, onDone }: Props) {
  const { create } = useCredentialActions();
  const secretRule = (field: Exclude<keyof SecretForm, "method">) => (_: unknown, { credential_type, credential_data }: Values) =>
    faultOf(field, credential_type, credential_data);
  const form = useForm<Values>({
    initialValues: { name: "", description: "", credential_type: "ssh", credential_data: NO_SECRET },
    validate: {
      name: nameFault,
      credential_data: {
        username: secretRule("username"),
        password: secretRule("password"),
        private_key: secretRule("private_key"),
        api_key: secretRule("api_key"),
      },
    },
  });
  const { credential_type: type, credential_data } = form.values;
  const submit = async ({ name, description, ...secret }: Values) => {
    const made = await create({
      name: name.trim(),
      description: description.trim() || null,
      credential_type: secret.credential_type,
      credential_data: toData(secret.credential_type, secret.credential_data),
    });
    tellDone(`${made.name} is stored`);
    onDone(made);
  };
  return (
    <FormDialog title="Add a credential" form={form} submit={submit} action="Add credential" onClose={onClose}>
      <TextInput label="Name" required data-autofocus autoComplete="off" {...form.getInputProps("name")} />
      <TypeChoice
        type={type}
        onChange={(next) => {
          form.setFieldValue("credential_type", next);
          form.clearErrors();
        }}
      />
      <SecretFields
        type={type}
        method={credential_data.method}
        onMethod={(method) => form.setFieldValue("credential_data.method", method)}
        bind={(field) => form.getInputProps(`credential_data.${field}`)}
        onKey={(key, fault) => {
          form.setFieldValue("credential_data.private_key", key);
          if (fault) form.setFieldError("credential_data.private_key", fault);
        }}
      />
      <Textarea label="Description" autosize minRows={2} maxRows={6} {...form.getInputProps("description")} />
      <p className={classes.note}>The secret is encrypted and never shown again, except to an admin who says why.</p>
    </FormDialog>
  );
}

function TypeChoice({ type, onChange }: { type: CredentialType; onChange: (type: CredentialType) => void }) {
  return (
    <Radio.Group label="Type" value={type} onChange={(value) => onChange(value as CredentialType)}>
      <div className={classes.types}>
        {TYPES.map((one) => (
          <Radio.Card key={one} value={one} className={classes.type ?? ""} aria-label={TYPE_WORDS[one]}>
            <b>{TYPE_WORDS[one]}</b>
            <span>{TYPE_USES[one]}</span>
          </Radio.Card>
        ))}
      </div>
    </Radio.Group>
  );
}

/** Name and description of a credential. */
export function EditCredentialDialog({ credential, onClose }: { credential: Credential; onClose: () => void }) {
  const { change } = useCredentialActions();
  const form = useForm({
    initialValues: { name: credential.name, description: credential.description ?? "" },
    validate: { name: nameFault },
  });
  const submit = async ({ name, description }: typeof form.values) => {
    await change(credential.id, { name: name.trim(), description: description.trim() });
    tellDone(`${name.trim()} is saved`);
  };
  return (
    <FormDialog title={`Edit ${credential.name}`} form={form} submit={submit} action="Save" onClose={onClose} size="md">
      <TextInput label="Name" required data-autofocus autoComplete="off" {...form.getInputProps("name")} />
      <Textarea label="Description" autosize minRows={2} maxRows={6} {...form.getInputProps("description")} />
      <p className={classes.note}>To change the secret itself, rotate it.</p>
    </FormDialog>
  );
}
