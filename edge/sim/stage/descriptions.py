"""What is said of the pretend shop's goods, in the languages after English."""

from collections.abc import Mapping

DESCRIPTIONS: Mapping[str, tuple[str, ...]] = {
    "fjeld": (
        "En vokset nubuckstøvle til våde stier, kan forsåles.",
        "Woskowany but z nubuku na mokre ścieżki, z wymienną podeszwą.",
        "Gheată din nubuc cerat pentru poteci ude, cu talpă înlocuibilă.",
        "Воскирана чизма од нубука за мокре стазе, ђон се мења.",
        "젖은 길을 위한 왁스 누벅 부츠, 밑창 교체 가능.",
    ),
    "stien": (
        "Let, godt greb, tør igen til frokost.",
        "Lekki, przyczepny, suchy już w południe.",
        "Ușor, aderent, uscat până la prânz.",
        "Лака, добро приања, сува до ручка.",
        "가볍고 잘 미끄러지지 않으며 점심때면 다시 마릅니다.",
    ),
    "sund": (
        "Kork og remme til lange somre.",
        "Korek i taśmy na długie lato.",
        "Plută și chingi pentru veri lungi.",
        "Плута и траке за дуга лета.",
        "긴 여름을 위한 코르크와 웨빙.",
    ),
    "kyst": (
        "Tre lag, tapede sømme, en hætte der drejer med.",
        "Trzy warstwy, klejone szwy, kaptur, który obraca się z głową.",
        "Trei straturi, cusături sigilate, o glugă care se rotește cu tine.",
        "Три слоја, лепљени шавови, капуљача која прати покрет.",
        "3중 원단, 심실링, 함께 돌아가는 후드.",
    ),
    "lyng": (
        "Varm, stille, føles ikke af plastik.",
        "Ciepły, cichy, bez uczucia plastiku.",
        "Cald, silențios, fără senzație de plastic.",
        "Топао, тих, без осећаја пластике.",
        "따뜻하고 조용하며 플라스틱 느낌이 없습니다.",
    ),
    "dal": (
        "Strækker sig hvor du bøjer, stærke hvor du knæler.",
        "Elastyczne tam, gdzie się zginasz, mocne tam, gdzie klękasz.",
        "Elastici unde te îndoi, rezistenți unde îngenunchezi.",
        "Растегљиве где се савијаш, јаке где клечиш.",
        "굽히는 곳은 늘어나고 무릎은 튼튼합니다.",
    ),
    "ro": (
        "Tyk ved hælen, tynd ved tåen.",
        "Gruba przy pięcie, cienka przy palcach.",
        "Groasă la călcâi, subțire la vârf.",
        "Дебела на пети, танка на прстима.",
        "뒤꿈치는 두껍고 발끝은 얇습니다.",
    ),
    "top": (
        "Strikket i ét stykke, ingen søm der klør.",
        "Z jednego kawałka, żaden szew nie drapie.",
        "Tricotată dintr-o bucată, fără cusături care irită.",
        "Плетена у једном комаду, без шава који гребе.",
        "한 번에 떠서 거슬리는 솔기가 없습니다.",
    ),
    "vind": (
        "Her stopper vinden; telefonen virker stadig.",
        "Tu wiatr się kończy; telefon nadal działa.",
        "Vântul se oprește aici; telefonul încă merge.",
        "Ветар стаје овде; телефон и даље ради.",
        "바람은 막고 휴대전화는 됩니다.",
    ),
    "bakke": (
        "22 liter, et låg og intet der dingler.",
        "22 litry, klapa i nic, co by zwisało.",
        "22 de litri, un capac și nimic care atârnă.",
        "22 литра, поклопац и ништа што виси.",
        "22리터, 덮개 하나, 덜렁거리는 것 없음.",
    ),
}
"""Kind -> Danish, Polish, Romanian, Serbian, Korean."""
MATERIAL = ("Materiale", "Materiał", "Material", "Материјал", "소재")
"""What "Material" is called there."""
MATERIALS: Mapping[str, tuple[str, ...]] = {
    "nubuck": ("nubuck", "nubuk", "nubuc", "нубук", "누벅"),
    "mesh": ("mesh", "siateczka", "plasă", "мрежица", "메시"),
    "cork": ("kork", "korek", "plută", "плута", "코르크"),
    "recycled nylon": (
        "genbrugsnylon", "nylon z recyklingu", "nailon reciclat", "рециклирани најлон", "재생 나일론",
    ),
    "merino": ("merinould", "merino", "lână merinos", "мерино вуна", "메리노 울"),
    "cotton": ("bomuld", "bawełna", "bumbac", "памук", "면"),
    "wool": ("uld", "wełna", "lână", "вуна", "울"),
    "softshell": ("softshell", "softshell", "softshell", "софтшел", "소프트쉘"),
    "canvas": ("kanvas", "płótno", "pânză groasă", "платно", "캔버스"),
}  # fmt: skip
