"""The Bundle desk of official accounts: what a push holds, who may move it on, when it may go, how it goes."""
