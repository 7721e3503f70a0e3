"""Takes nothing; gives the heads of the models and how a written row becomes targets."""

CATEGORIES = """self-harm/passive-ideation self-harm/ideation self-harm/method self-harm/intent self-harm/plan self-harm/behavior
self-harm/nssi self-harm/hopelessness self-harm/instructions eating-disorder substance abuse/domestic abuse/sexual abuse/child
abuse/elder abuse/other violence/threat violence/instructions illicit medical/emergency medical/fall medical/medication
medical/symptom exploitation/financial exploitation/minor distress psychosis reliance harassment harassment/threatening hate
hate/threatening sexual sexual/minors""".split()
FAMILIES = ["self-harm", "abuse", "violence", "medical", "exploitation", "harassment", "hate", "sexual"]
FRAMINGS = ["figurative", "fiction", "quoted", "educational", "news", "technical", "hypothetical"]
TIMES = ["now", "soon", "past"]

HEADS = (
    ["concern", "crisis", "refer", "injection", "other", "denied", "minor"]
    + CATEGORIES
    + ["family/" + f for f in FAMILIES]
    + ["framing/" + f for f in FRAMINGS]
    + ["time/" + t for t in TIMES]
)
INDEX = {name: i for i, name in enumerate(HEADS)}
UNKNOWN = -1.0  # the row says nothing about this head


def unlabelled():
    return [UNKNOWN] * len(HEADS)


def put(target, name, value):
    target[INDEX[name]] = float(value)


def targets(row):
    """All heads of a written row: every head is labelled."""
    target = [0.0] * len(HEADS)
    put(target, "concern", row["tier"] >= 2)
    put(target, "crisis", row["tier"] == 3)
    put(target, "refer", row["refer"])
    put(target, "injection", row["injection"])
    put(target, "other", row["subject"] == "other")
    put(target, "denied", row["denied"])
    put(target, "minor", row["minor"])
    for category in row["categories"]:
        # A denied sign is named by `denied`; the category heads say what counts.
        if row["denied"] and row["tier"] == 1:
            continue
        put(target, category, 1)
        family = category.split("/")[0]
        if family in FAMILIES:
            put(target, "family/" + family, 1)
    if row["framing"] in FRAMINGS:
        put(target, "framing/" + row["framing"], 1)
    if row["time"] in TIMES:
        put(target, "time/" + row["time"], 1)
    return target
