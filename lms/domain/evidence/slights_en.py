"""Slights in English: talking is called useless, the matter small, the customer tiresome."""

from lms.domain.evidence.patterns import either

_CLAMOUR = (
    "(?:shouting|yelling|moaning|complaining|arguing|asking|calling|ringing|pushing|getting angry|getting upset|"
    "going on|crying|whining|ranting|swearing|threatening)"
)  # fmt: skip
FUTILE = either(
    r"\byou can (?:complain|shout|yell|moan|argue|cry|scream|ring|call|ask)(?: \w+){0,2} (?:till|until|all (?:day|"
    r"you)|as (?:much|loud|"
    r"long|often) as)\b",
    r"\b(?:far |much )?too late (?:for (?:anyone|anybody|us|me) to|now to|to (?:complain|moan))\b",
    rf"\bno (?:point|use|sense) (?:in )?(?:you )?{_CLAMOUR}\b",
    rf"\b{_CLAMOUR}(?: \w+){{0,4}} (?:won't|will not|isn't going to|doesn't|does not) (?:help|change|make|get|speed|"
    rf"do)\b",
    r"\b(?:save|don't waste) your breath\b", r"\bno one (?:can|could) help you\b",
)  # fmt: skip
OWN_EFFORT = r"\b(?:me|my|our|us) $"

BELITTLED = either(
    r"\b(?:don't|can't|do not|cannot|fail to) (?:really |even )?see (?:what )?(?:the|your|any) (?:big |great )?"
    r"(?:problem|issue|fuss|drama)\b",
    r"\b(?:isn't|not|it's hardly|is hardly) (?:exactly )?(?:rocket science|brain surgery)\b",
    r"\beven (?:a|my) (?:\w+ )?(?:child|kid|five[- ]year[- ]old|toddler|gran\w*|mum|dog)\b",
    r"\b(?:a|any) (?:child|kid|five[- ]year[- ]old|toddler) (?:can|could|would)\b",
    r"\bout of (?:all )?proportion\b", r"\b(?:consider|count|think) yourself (?:lucky|fortunate)\b",
    r"\byou(?:'re| are| should be) (?:just |very |really )?(?:lucky|fortunate) (?:we|that we|to (?:get|have)|it|you)\b",
    r"\b(?:be|you should be|you ought to be|try being) (?:grateful|thankful)\b", r"\bget what you pay for\b",
    r"\b(?:people|customers|others|callers|someone)(?: out there)? (?:here )?(?:with|have|having|who have|in) (?:real|"
    r"bigger|"
    r"actual|genuine|far worse|much worse|worse|proper) (?:problems?|issues?|emergenc\w+|trouble)\b",
    r"\b(?:lots of|plenty of|most|other|many) (?:people|customers) (?:would |have |just |simply )?(?:waits?|waited|"
    r"have it|"
    r"manage|get by|cope|put up|love)\b", r"\b(?:it )?could be (?:a lot |much |far )?worse\b",
    r"\bstorm in a teacup\b|\bmolehill\b|\bdrama queen\b|\bin a twist\b|\byour hair on\b|\bcry ?baby\b",
    r"\bsurely (?:even )?you can\b", r"\bhardly worth\b",
    r"\b(?:nobody|no one) else (?:on|in|at|has|had|here)\b[^.]{0,24}\b(?:complain\w*|problem|moan\w*|bothered|"
    r"mentioned)",
)  # fmt: skip

IMPATIENT = either(
    r"\b(?:get|put|have) (?:your|a|the|someone) (?:\w+ )?(?:son|daughter|husband|wife|kids?|grown-up|adult|younger|"
    r"sensible) "
    r"(?:\w+ )?(?:to (?:call|ring|speak|talk|explain)|on(?: the (?:line|phone))?)\b",
    r"\byou (?:clearly|obviously|just|really|simply) (?:don't|can't|do not|cannot) (?:follow|understand|get|grasp|"
    r"listen)\b",
    r"^ ?(?:oh )?(?:not (?:this|you) again|you again|here we go(?: again)?)\b",
    r"\bhad (?:quite )?enough of (?:you|your|this)\b",
    r"\b(?:we're|we are|i'm|i am) done (?:here|with (?:you|this)|talking|explaining|discussing)\b",
    r"\bnot your (?:secretary|servant|maid|mother|mum|nanny|personal \w+)\b",
    r"\bsome(?:one|body) who (?:\w+ )?cares\b",
    r"\b(?:once|when|after|if|until) you(?:'ve| have|'re| are)? (?:quite )?(?:finished|stopped?|quit|done|"
    r"over) (?:with )?(?:the |"
    r"your )?(?:shouting|yelling|ranting|moaning|complaining|swearing|screaming|tantrum|drama|rant)\b",
    r"^ ?tough(?: luck| cookies)? ?$", r"\b(?:those|these) are the (?:terms|conditions)\b ?$",
    r"\b(?:simple|easy) as that\b",
    r"\byou (?:people|lot)\b", r"\b(?:that's|it's|sounds like) (?:really )?a you problem\b",
    r"\bif you can't afford\b", r"\b(?:then )?don't (?:use|buy) it(?: then)? ?$", r"\bi haven't got all day\b",
    r"\bspare me\b", r"\bgive it a rest\b|\bpack it in\b|\bcut it out\b|\bgrow up\b",
    r"\bhow (?:hard|difficult) can it be\b",
    r"\bi(?:'m| am) not (?:going over|going through|repeating|explaining|doing) (?:it|this|that)(?: \w+)? again\b",
    r"\bi(?:'ve| have)(?: got)? (?:a |other |more )?(?:\w+ )?(?:queue|calls?|customers|people) (?:of \w+ )?(?:waiting|"
    r"to (?:get|deal|"
    r"take|serve))\b", r"\bhurry up\b|\bmake it quick\b|\bget to the point\b",
    r"\bhalf a brain\b|\bdumb (?:it|this) down\b",
    r"\bspell it out for you\b", r"\bif you say so\b", r"\bfor all i care\b", r"\bknock yourself out\b",
    r"\bgood luck with that\b",
    r"\bi(?:'m| am) not (?:a|your) (?:therapist|mind[- ]?reader|magician|miracle|counsell?or|babysitter)\b",
    r"\bso sue me\b",
    r"\b(?:like it or (?:not|lump it)|get used to it)\b", r"\bdo what(?:ever)? you (?:want|like)\b ?$",
    r"\b(?:use your (?:head|brain|common sense)|it's (?:just )?common sense|learn to read)\b",
)  # fmt: skip
