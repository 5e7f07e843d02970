"""IAM documents: what they are (`document`), the presets a person chooses from (`presets`), the composer of the
operator boundary (`boundary`), the workload boundary (`workload`), both in plain words (`words`, `described`), and the
only writer of a boundary that exists in AWS (`writer`). What any policies allow (`evaluate`), and what
is wrong with a policy text (`validation`)."""
